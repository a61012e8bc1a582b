package io.spikeformer.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shards that hold a teacher's logits. */
class LogitsColumnTest {
  private static final int CLASSES = 3;

  @TempDir private Path folder;
  private ShardManifest given;

  @BeforeEach
  void write() throws Exception {
    given = TestShards.write(folder.resolve("given"), 3, 2);
  }

  private static float[] logits(int shard, int row) {
    return new float[] {shard, -0.0f, row + 0.1f};
  }

  private ShardManifest taught(int classes, float[] first) {
    Storage storage = new Storage(new Configuration());
    ShardSet shards = ShardSet.open(folder.resolve("given").toString(), new Configuration());
    org.apache.hadoop.fs.Path target = Storage.path(folder.resolve("taught").toString());
    ShardWriter writer =
        new ShardWriter(storage, target, new SampleColumns(TestShards.IMAGES, classes));
    List<ShardManifest.Shard> written =
        List.of(write(writer, shards, 0, first), write(writer, shards, 1, logits(1, 0)));
    ShardManifest manifest =
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            given.kind(),
            given.split(),
            given.classes(),
            given
                .source()
                .withTeacher(
                    new ShardManifest.Teacher(
                        "model.spkf",
                        "00ff",
                        classes,
                        new TreeMap<>(Map.of("batch", "2")),
                        given.checksum())),
            given.accepted(),
            given.rejected(),
            given.ignored(),
            written);
    ManifestFormat.write(storage, target, manifest);
    return manifest;
  }

  private static ShardManifest.Shard write(
      ShardWriter writer, ShardSet shards, int shard, float[] first) {
    List<Sample> samples = shards.samples(shard);
    return writer
        .write(
            shard,
            sink -> {
              for (int row = 0; row < samples.size(); row++) {
                sink.accept(samples.get(row).withLogits(row == 0 ? first : logits(shard, row)));
              }
            })
        .shard();
  }

  private ShardSet open(String name) {
    return ShardSet.open(folder.resolve(name).toString(), new Configuration());
  }

  @Test
  void theyAreReadBackBitForBitBesideEverythingElse() {
    ShardManifest manifest = taught(CLASSES, logits(0, 0));

    assertThat(open("taught").manifest()).isEqualTo(manifest);
    for (int shard = 0; shard < 2; shard++) {
      List<Sample> before = open("given").samples(shard);
      List<Sample> after = open("taught").samples(shard);
      for (int row = 0; row < after.size(); row++) {
        assertThat(after.get(row).logits()).containsExactly(logits(shard, row));
        assertThat(Float.floatToRawIntBits(after.get(row).logits()[1]))
            .isEqualTo(Float.floatToRawIntBits(-0.0f));
        assertThat(after.get(row).withLogits(new float[0]))
            .usingRecursiveComparison()
            .isEqualTo(before.get(row));
      }
    }
  }

  @Test
  void batchesBringThemAlong() {
    taught(CLASSES, logits(0, 0));
    ShardCache cache = new ShardCache(open("taught"), ShardCache.DEFAULT_BYTES);
    TransformConfig config =
        new TransformConfig(new Crop.Centre(8, 8), 0, PixelNormalisation.IMAGENET);
    List<SampleRef> order = List.of(new SampleRef(1, 0), new SampleRef(0, 1));
    try (BatchReader reader =
        new BatchReader(
            cache, order, config.transform(), TargetMaker.NONE, ReadOptions.of(2, 0, 0))) {
      assertThat(reader.next().logits()).containsExactly(1, -0.0f, 0.1f, 0, -0.0f, 1.1f);
    }
    ShardCache plain = new ShardCache(open("given"), ShardCache.DEFAULT_BYTES);
    try (BatchReader reader =
        new BatchReader(
            plain, order, config.transform(), TargetMaker.NONE, ReadOptions.of(2, 0, 0))) {
      assertThat(reader.next().logits()).isEmpty();
    }
  }

  @Test
  void everyColumnHasOneEncoding() throws Exception {
    taught(CLASSES, logits(0, 0));
    var file = Storage.path(folder.resolve("taught/part-00000.parquet").toString());
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(file, new Configuration()))) {
      List<ColumnChunkMetaData> columns = reader.getFooter().getBlocks().get(0).getColumns();
      assertThat(columns.get(columns.size() - 1).getPath().toDotString()).isEqualTo("logits");
      assertThat(columns)
          .allSatisfy(column -> assertThat(column.getEncodings()).hasSize(1))
          .noneMatch(column -> column.getEncodings().contains(Encoding.PLAIN_DICTIONARY));
    }
  }

  @Test
  void aSampleWithOtherLogitsIsNotWritten() {
    assertThatThrownBy(() -> taught(CLASSES, new float[2]))
        .hasMessageContaining(": expected 3 logits, found 2");
    assertThat(folder.resolve("taught/part-00000.parquet")).doesNotExist();
  }

  @Test
  void shardsThatDoNotAgreeWithTheManifestAreReported() throws Exception {
    taught(CLASSES, logits(0, 0));
    replace("\"classes\" : 3", "\"classes\" : 4");
    assertThatThrownBy(() -> open("taught").samples(0))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("expected Parquet with the columns of image samples with logits")
        .hasMessageContaining("logits: expected 16 bytes for 4 classes, found 12");

    replace("\"task\" : \"classification\"", "\"task\" : \"detection\"");
    assertThatThrownBy(() -> open("taught"))
        .hasMessageContaining("damaged manifest")
        .hasMessageContaining(
            "logits of 4 values: expected none in samples for detection of images");
  }

  @Test
  void verifyingNamesLogitsThatAreNoNumbers() {
    taught(CLASSES, new float[] {0, Float.NaN, 0});
    ShardCheck check = new ShardCheck(open("taught"));
    assertThat(check.check(0).problems())
        .singleElement()
        .asString()
        .contains("part-00000.parquet row 0")
        .contains("logits: expected finite numbers, found NaN");
    assertThat(check.check(1).problems()).isEmpty();
  }

  private void replace(String what, String by) throws Exception {
    Path file = folder.resolve("taught/_manifest.json");
    String text = Files.readString(file);
    assertThat(text).contains(what);
    Files.writeString(file, text.replace(what, by));
  }
}
