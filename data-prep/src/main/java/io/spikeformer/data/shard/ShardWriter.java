package io.spikeformer.data.shard;

import io.spikeformer.common.Check;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.sample.Note;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Writes shards: the same samples in the same order always give the same bytes. */
public final class ShardWriter {
  /** Largest shard: readers hold a whole one in memory. */
  public static final long MAX_BYTES = 1L << 30;

  private static final long ROW_GROUP_BYTES = 32L << 20;

  private final Storage storage;
  private final Path folder;
  private final SampleColumns columns;

  /** Writes samples without logits into the folder of a split. */
  public ShardWriter(Storage storage, Path folder, SampleKind kind) {
    this(storage, folder, SampleColumns.of(kind));
  }

  /** Writes samples with these columns into the folder of a split. */
  public ShardWriter(Storage storage, Path folder, SampleColumns columns) {
    this.storage = storage;
    this.folder = folder;
    this.columns = columns;
  }

  /** Receives the content of one shard, in its final order. */
  public interface Sink {
    /** Appends a sample of the writer's kind. */
    void accept(Sample sample) throws IOException;

    /** Notes an input that did not become a sample; kept in the shard's footer. */
    void reject(Rejection rejection);

    /** Notes what was decided about an input that became a sample; kept in the shard's footer. */
    void note(Note note);
  }

  /** Produces the content of one shard. */
  @FunctionalInterface
  public interface Samples {
    /** Hands every sample and every rejection to the sink. */
    void writeTo(Sink sink) throws IOException;
  }

  /**
   * A written shard.
   *
   * @param index of the shard
   * @param shard its entry in the manifest
   * @param rejected the inputs that were rejected on the way
   * @param notes what was decided about others
   */
  public record Written(
      int index, ShardManifest.Shard shard, List<Rejection> rejected, List<Note> notes) {}

  /**
   * A shard that lies there already, with the checksum of what is found.
   *
   * @param shard its index
   * @throws UserException if it is missing or no shard
   */
  public Written existing(int shard) {
    Path file = file(shard);
    byte[] bytes = storage.read(file, (int) MAX_BYTES);
    ShardReader reader = new ShardReader(bytes, file, columns);
    return new Written(
        shard,
        new ShardManifest.Shard(
            file.getName(), reader.rows(), bytes.length, Checksums.sha256(bytes)),
        reader.rejected(),
        reader.notes());
  }

  /** The place of a shard. */
  public static Path file(Path folder, int shard) {
    return new Path(folder, Text.format("part-%05d.parquet", shard));
  }

  /** The place of a shard. */
  public Path file(int shard) {
    return file(folder, shard);
  }

  /**
   * Writes one shard, whole or not at all.
   *
   * @param shard its index
   * @param samples what to write
   * @throws UserException if it would be larger than {@link #MAX_BYTES} or cannot be written
   */
  public Written write(int shard, Samples samples) {
    Path file = file(shard);
    ShardContent content = new ShardContent();
    storage.write(
        file,
        stream -> {
          content.write(stream, samples);
          if (content.bytes > MAX_BYTES) {
            throw new UserException(
                "shard too large: expected at most %d bytes, found %d in %s; use more shards",
                MAX_BYTES, content.bytes, file);
          }
        });
    return new Written(
        shard,
        new ShardManifest.Shard(file.getName(), content.rows, content.bytes, content.sha256),
        List.copyOf(content.rejected),
        List.copyOf(content.notes));
  }

  /** One shard on its way into a stream, and what is known of it afterwards. */
  private final class ShardContent implements Sink {
    private final List<Rejection> rejected = new ArrayList<>();
    private final List<Note> notes = new ArrayList<>();
    private ParquetWriter<Sample> parquet;
    private int rows;
    private long bytes;
    private String sha256;

    void write(OutputStream stream, Samples samples) throws IOException {
      DigestOutputStream digest = new DigestOutputStream(stream, Checksums.sha256());
      ParquetStream output = new ParquetStream(digest);
      parquet =
          new Builder(output, this)
              .withConf(storage.configuration())
              .withCompressionCodec(CompressionCodecName.ZSTD)
              .withRowGroupSize(ROW_GROUP_BYTES)
              // one encoding a column: Parquet lists several in the order of a set of enum
              // constants, which changes from one JVM to the next
              .withWriterVersion(ParquetProperties.WriterVersion.PARQUET_2_0)
              .withDictionaryEncoding(false)
              .build();
      samples.writeTo(this);
      parquet.close();
      bytes = output.position();
      sha256 = HexFormat.of().formatHex(digest.getMessageDigest().digest());
    }

    @Override
    public void accept(Sample sample) throws IOException {
      requireColumns(sample);
      parquet.write(sample);
      rows++;
    }

    private void requireColumns(Sample sample) {
      Check.that(
          sample.kind().equals(columns.kind()),
          "shard of samples for %s: found sample %s for %s",
          columns.kind().text(),
          sample.key(),
          sample.kind().text());
      Check.that(
          sample.logits().length == columns.logits(),
          "sample %s: expected %d logits, found %d",
          sample.key(),
          columns.logits(),
          sample.logits().length);
    }

    @Override
    public void reject(Rejection rejection) {
      rejected.add(rejection);
    }

    @Override
    public void note(Note note) {
      notes.add(note);
    }
  }

  private final class Builder extends ParquetWriter.Builder<Sample, Builder> {
    private final ShardContent content;

    Builder(ParquetStream output, ShardContent content) {
      super(output);
      this.content = content;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    protected WriteSupport<Sample> getWriteSupport(
        org.apache.hadoop.conf.Configuration configuration) {
      return new SampleWriteSupport(columns, content.rejected, content.notes);
    }
  }
}
