package io.spikeformer.data.shard;

import io.spikeformer.common.UserException;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.LabelledSample;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
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
  private final ShardColumns columns;

  /**
   * A shard in memory.
   *
   * @param bytes the whole file
   * @param file where it came from, for messages
   * @param columns of its split
   */
  ShardReader(byte[] bytes, Path file, ShardColumns columns) {
    this.columns = columns;
    this.bytes = bytes;
    this.file = file;
  }

  List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
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

  /** The rejected inputs listed in the footer. */
  List<Rejection> rejected() {
    return List.of(footer(ShardSchema.REJECTED_ENTRY, Rejection[].class));
  }

  /** The notes in the footer. */
  List<Note> notes() {
    return List.of(footer(ShardSchema.NOTES_ENTRY, Note[].class));
  }

  private <T> T footer(String entry, Class<T> type) {
    try (ParquetFileReader reader = ParquetFileReader.open(new InMemory(bytes))) {
      MessageType schema = reader.getFooter().getFileMetaData().getSchema();
      if (!schema.equals(ShardSchema.of(columns))) {
        throw new IOException("other columns than those of " + samples(columns));
      }
      String json =
          reader.getFooter().getFileMetaData().getKeyValueMetaData().getOrDefault(entry, "[]");
      return ManifestFormat.fromJson(json, type);
    } catch (IOException | RuntimeException failure) {
      throw damaged(failure);
    }
  }

  private Sample sample(Group row) {
    String key = text(row, ShardSchema.KEY);
    return switch (columns.task()) {
      case CLASSIFICATION -> {
        EncodedImage image = image(row);
        yield new ImageSample(
            key,
            number(row, ShardSchema.LABEL),
            image.bytes(),
            image.encoding(),
            image.height(),
            image.width(),
            logits(row));
      }
      case DETECTION -> new DetectionSample(key, image(row), binary(row, ShardSchema.ANNOTATIONS));
      case SEGMENTATION ->
          new SegmentationSample(key, image(row), binary(row, ShardSchema.LABEL_MAP));
      case EVENTS ->
          new EventSample(
              key,
              number(row, ShardSchema.LABEL),
              binary(row, ShardSchema.FRAMES),
              number(row, ShardSchema.TIMESTEPS),
              number(row, ShardSchema.HEIGHT),
              number(row, ShardSchema.WIDTH),
              logits(row));
    };
  }

  private float[] logits(Group row) {
    return columns.logits() == 0
        ? LabelledSample.NO_LOGITS
        : LogitBytes.decode(binary(row, ShardSchema.LOGITS), columns.logits());
  }

  private static String samples(ShardColumns columns) {
    return columns.task().sampleName()
        + (columns.logits() > 0 ? " samples with logits" : " samples");
  }

  private static EncodedImage image(Group row) {
    return new EncodedImage(
        binary(row, ShardSchema.IMAGE),
        ImageEncoding.of(text(row, ShardSchema.ENCODING)),
        number(row, ShardSchema.HEIGHT),
        number(row, ShardSchema.WIDTH));
  }

  private static String text(Group row, String column) {
    return row.getString(column, PRIMITIVE_INDEX);
  }

  private static int number(Group row, String column) {
    return row.getInteger(column, PRIMITIVE_INDEX);
  }

  private static byte[] binary(Group row, String column) {
    return row.getBinary(column, PRIMITIVE_INDEX).getBytes();
  }

  private UserException damaged(Exception failure) {
    return new UserException(
        "unreadable shard %s: expected Parquet with the columns of %s, found: %s"
            .formatted(
                file,
                samples(columns),
                String.valueOf(failure.getMessage()).lines().findFirst().orElse("")),
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
