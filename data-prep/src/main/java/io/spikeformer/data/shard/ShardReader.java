package io.spikeformer.data.shard;

import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;
import org.apache.parquet.schema.MessageType;

/** Reads the samples of one shard whose bytes are already in memory, their checksum verified. */
final class ShardReader {
  private final byte[] bytes;
  private final Path file;
  private final SampleColumns columns;

  /**
   * A shard in memory.
   *
   * @param bytes the whole file
   * @param file where it came from, for messages
   * @param columns of its split
   */
  ShardReader(byte[] bytes, Path file, SampleColumns columns) {
    this.columns = columns;
    this.bytes = bytes;
    this.file = file;
  }

  List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    try (ParquetReader<Group> rows = new Builder(new InMemory(bytes)).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        samples.add(columns.read(row));
      }
      return samples;
    } catch (IOException | RuntimeException failure) {
      throw damaged(failure);
    }
  }

  /** Number of rows, from the footer. */
  int rows() {
    try (ParquetFileReader reader = ParquetFileReader.open(new InMemory(bytes))) {
      return Math.toIntExact(reader.getRecordCount());
    } catch (IOException | RuntimeException failure) {
      throw damaged(failure);
    }
  }

  /** The rejected inputs listed in the footer. */
  List<Rejection> rejected() {
    return List.of(footer(SampleWriteSupport.REJECTED_ENTRY, Rejection[].class));
  }

  /** The notes in the footer. */
  List<Note> notes() {
    return List.of(footer(SampleWriteSupport.NOTES_ENTRY, Note[].class));
  }

  private <T> T footer(String entry, Class<T> type) {
    try (ParquetFileReader reader = ParquetFileReader.open(new InMemory(bytes))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      if (!schema.equals(columns.schema())) {
        throw new IOException("other columns than those of " + columns.text());
      }
      String json =
          reader.getFooter().getFileMetaData().getKeyValueMetaData().getOrDefault(entry, "[]");
      return ManifestFormat.fromJson(json, type);
    } catch (IOException | RuntimeException failure) {
      throw damaged(failure);
    }
  }

  private UserException damaged(Exception failure) {
    return new UserException(
        failure,
        "unreadable shard %s: expected Parquet with the columns of %s, found: %s",
        file,
        columns.text(),
        String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
  }

  private static final class Builder extends ParquetReader.Builder<Group> {
    Builder(InputFile file) {
      super(file);
      withConf(new Configuration(false));
    }

    @Override
    protected ReadSupport<Group> getReadSupport() {
      return new GroupReadSupport();
    }
  }

  private record InMemory(byte[] bytes) implements InputFile {
    @Override
    public long getLength() {
      return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
      return new InMemoryStream(new Cursor(bytes));
    }

    /** How Parquet names the file in its messages. */
    @Override
    public String toString() {
      return "the file";
    }
  }

  private static final class InMemoryStream extends DelegatingSeekableInputStream {
    private final Cursor cursor;

    InMemoryStream(Cursor cursor) {
      super(cursor);
      this.cursor = cursor;
    }

    @Override
    public long getPos() {
      return cursor.position();
    }

    @Override
    public void seek(long position) {
      cursor.seek(position);
    }
  }

  /** A byte array stream that tells and takes its position. */
  private static final class Cursor extends ByteArrayInputStream {
    Cursor(byte[] bytes) {
      super(bytes);
    }

    int position() {
      return pos;
    }

    void seek(long position) {
      pos = Math.toIntExact(Math.min(position, count));
    }
  }
}
