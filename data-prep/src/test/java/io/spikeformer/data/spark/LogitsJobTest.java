package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.ContentDecoder;
import io.spikeformer.data.batch.DecodedContent;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real Spark, with Kryo and registration required. */
class LogitsJobTest {
  private static final int SHARDS = 4;
  private static final int CLASSES = 3;
  private static final int IMAGES = 45;
  private static final TransformConfig INPUT =
      TransformConfig.evaluation(new Crop.Centre(8, 10), PixelNormalisation.IMAGENET);

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;

  @BeforeAll
  static void prepare() throws IOException {
    spark =
        new JavaSparkContext(
            new SparkConf()
                .setMaster("local[2]")
                .setAppName("teach")
                .set("spark.ui.enabled", "false")
                .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
                .set("spark.kryo.registrationRequired", "true")
                .registerKryoClasses(DataKryoClasses.all()));
    for (int i = 0; i < IMAGES; i++) {
      Path file = data.resolve(Text.format("in/train/class%d/%d.png", i % CLASSES, i));
      Files.createDirectories(file.getParent());
      Files.write(file, TestImages.png(12, 20, i));
    }
    Files.writeString(data.resolve("in/train/class0/broken.png"), "no image");
    new PrepareJob(spark, PrepareListener.SILENT)
        .run(
            PrepareOptions.of(data.resolve("in").toString(), data.toString(), "train")
                .withShards(SHARDS)
                .withMaxRejectedFraction(0.1));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /**
   * Answers with sums of an image's pixels.
   *
   * @param broken while this file is there, it has no answer for one image
   * @param value in place of one sum, unless it is 0
   */
  private record Sums(String broken, float value) implements LogitsJob.Teacher {
    @Override
    public LogitsJob.Answers open() {
      return new LogitsJob.Answers() {
        @Override
        public float[] logits(Batch batch) {
          if (batch.keys().contains("class1/1.png") && Files.exists(Path.of(broken))) {
            throw new UserException("the teacher is ill");
          }
          float[] logits = sums(batch.pixels(), batch.size());
          if (value != 0) {
            logits[1] = value;
          }
          return logits;
        }

        @Override
        public void close() {}
      };
    }
  }

  private static float[] sums(float[] pixels, int size) {
    int length = pixels.length / size;
    float[] logits = new float[size * CLASSES];
    for (int i = 0; i < pixels.length; i++) {
      logits[i / length * CLASSES + i % CLASSES] += pixels[i];
    }
    return logits;
  }

  private LogitsJob.Options options(String output, int tasks, String file) {
    ShardManifest.Teacher teacher =
        new ShardManifest.Teacher(
            file,
            "00ff",
            CLASSES,
            new TreeMap<>(Map.of("batch", "4")),
            ShardSet.open(train(), new Configuration()).manifest().checksum());
    return new LogitsJob.Options(train(), path(output), INPUT, teacher, 4, 1, tasks);
  }

  private static String train() {
    return data.resolve("train").toString();
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  /** Runs the job and returns how many samples it answered for. */
  private long run(LogitsJob.Options options, float value) {
    LongAccumulator samples = spark.sc().longAccumulator();
    new LogitsJob(spark).run(options, new Sums(path("broken"), value), samples);
    return samples.value();
  }

  private Map<String, byte[]> files(String name) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String file : folder.resolve(name).toFile().list()) {
      files.put(file, Files.readAllBytes(folder.resolve(name).resolve(file)));
    }
    return files;
  }

  @Test
  void everySampleIsThereWithItsLogits() throws Exception {
    assertThat(run(options("taught", 2, "t.spkf"), 0)).isEqualTo(IMAGES);

    ShardSet before = ShardSet.open(train(), new Configuration());
    ShardSet after = ShardSet.open(path("taught"), new Configuration());
    assertThat(after.manifest().source().teacher().file()).isEqualTo("t.spkf");
    assertThat(after.manifest().source().withTeacher(null)).isEqualTo(before.manifest().source());
    for (int shard = 0; shard < SHARDS; shard++) {
      List<Sample> expected = new ArrayList<>();
      for (Sample sample : before.samples(shard)) {
        float[] pixels = new float[8 * 8 * 3];
        DecodedContent content = new ContentDecoder().decode(sample);
        INPUT.transform().apply(sample.key(), content, 0, pixels, 0, pixels.length);
        expected.add(sample.withLogits(sums(pixels, 1)));
      }
      assertThat(after.samples(shard))
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(expected);
    }
    assertThat(Files.readString(folder.resolve("taught/_rejected.jsonl")))
        .isEqualTo(Files.readString(data.resolve("train/_rejected.jsonl")))
        .contains("broken.png");
    assertThat(new VerifyJob(spark).run(path("taught")).problems()).isEmpty();
    assertThat(files("taught")).hasSize(SHARDS + 2);
  }

  @Test
  void bytesDoNotDependOnTheNumberOfTasks() throws Exception {
    run(options("one", 1, "t.spkf"), 0);
    run(options("many", 9, "t.spkf"), 0);
    assertThat(files("many")).containsExactlyEntriesOf(files("one"));
  }

  @Test
  void aRunThatWasStoppedGoesOnWithWhatIsMissing() throws Exception {
    run(options("whole", 2, "t.spkf"), 0);
    Files.createFile(folder.resolve("broken"));
    assertThatThrownBy(() -> run(options("stopped", 4, "t.spkf"), 0))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "teach failed: the teacher is ill \\(.*stopped is unfinished; run teach again to go"
                + " on\\)");
    assertThat(folder.resolve("stopped/_manifest.json")).doesNotExist();
    assertThatThrownBy(() -> run(options("stopped", 4, "other.spkf"), 0))
        .hasMessageContaining("output holds another conversion")
        .hasMessageContaining("other.spkf");
    Files.delete(folder.resolve("broken"));

    assertThat(run(options("stopped", 4, "t.spkf"), 0)).isPositive().isLessThan(IMAGES);
    assertThat(files("stopped")).containsExactlyEntriesOf(files("whole"));

    assertThat(run(options("stopped", 4, "t.spkf"), 0)).isZero();
    Path shard = folder.resolve("stopped/part-00002.parquet");
    Files.write(shard, Arrays.copyOf(Files.readAllBytes(shard), 50));
    assertThat(run(options("stopped", 4, "t.spkf"), 0)).isPositive().isLessThan(IMAGES);
    assertThat(files("stopped")).containsExactlyEntriesOf(files("whole"));
  }

  @Test
  void whatCannotBeUsedIsRefused() throws Exception {
    LogitsJob.Options options = options("never", 2, "t.spkf");
    assertThatThrownBy(() -> run(options, Float.NaN))
        .hasMessageContaining("teacher: expected finite logits, found NaN for sample class")
        .hasMessageNotContaining("\n");
    LogitsJob.Options same =
        new LogitsJob.Options(train(), train(), INPUT, options.teacher(), 4, 1, 1);
    assertThatThrownBy(() -> run(same, 0))
        .hasMessageContaining("--output: expected another place than the input's");
    Files.createDirectories(folder.resolve("full"));
    Files.createFile(folder.resolve("full/file"));
    assertThatThrownBy(() -> run(options("full", 1, "t.spkf"), 0))
        .hasMessageContaining(
            "expected a new or empty folder or a prepared split, found a folder of other");
  }
}
