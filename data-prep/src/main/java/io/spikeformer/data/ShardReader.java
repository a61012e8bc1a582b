package io.spikeformer.data;

import io.spikeformer.data.image.ImageEncoding;
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
  private static final int PRIMITIVE_INDEX = 0;

  private final byte[] bytes;
  private final Path file;

  /**
   * A shard in memory.
   *
   * @param bytes the whole file
   * @param file where it came from, for messages
   */
  ShardReader(byte[] bytes, Path file) {
    this.bytes = bytes;
    this.file = file;
  }

  List<ImageSample> samples() {
    List<ImageSample> samples = new ArrayList<>();
    try (ParquetReader<Group> rows = new Builder(new InMemory(bytes)).build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        samples.add(sample(row));
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

  /** The rejected inputs noted in the footer. */
  List<Rejection> rejected() {
    try (ParquetFileReader reader = ParquetFileReader.open(new InMemory(bytes))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      if (!schema.equals(ShardSchema.IMAGE_SAMPLES)) {
        throw new IOException("other columns than those of image samples");
      }
      String json =
          reader
              .getFooter()
              .getFileMetaData()
              .getKeyValueMetaData()
              .getOrDefault(ShardSchema.REJECTED_ENTRY, "[]");
      return List.of(ManifestFormat.fromJson(json, Rejection[].class));
    } catch (IOException | RuntimeException failure) {
      throw damaged(failure);
    }
  }

  private static ImageSample sample(Group row) {
    return new ImageSample(
        row.getString(ShardSchema.KEY, PRIMITIVE_INDEX),
        row.getInteger(ShardSchema.LABEL, PRIMITIVE_INDEX),
        row.getBinary(ShardSchema.IMAGE, PRIMITIVE_INDEX).getBytes(),
        ImageEncoding.of(row.getString(ShardSchema.ENCODING, PRIMITIVE_INDEX)),
        row.getInteger(ShardSchema.HEIGHT, PRIMITIVE_INDEX),
        row.getInteger(ShardSchema.WIDTH, PRIMITIVE_INDEX));
  }

  private DataException damaged(Exception failure) {
    return new DataException(
        "unreadable shard %s: expected Parquet with the columns of image samples, found: %s"
            .formatted(file, String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
        failure);
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
