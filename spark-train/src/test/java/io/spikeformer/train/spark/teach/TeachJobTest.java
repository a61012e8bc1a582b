package io.spikeformer.train.spark.teach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.eval.BatchImages;
import io.spikeformer.eval.spark.EvaluationProgress;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.tasks.classification.ClassTargets;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.SparkTests;
import io.spikeformer.train.spark.TrainingOptions;
import io.spikeformer.train.spark.TrainingPlaces;
import io.spikeformer.train.spark.TrainingRun;
import io.spikeformer.train.teacher.Teacher;
import io.spikeformer.train.teacher.TeacherFile;
import io.spikeformer.train.watch.TestOnnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A teacher's logits in the shards, on a real Spark, and trainings that learn from them. */
class TeachJobTest {
  private static final int SHARDS = 3;
  private static final int ROWS = 8;
  private static final int BATCH = 4;
  private static final Configuration HADOOP = new Configuration();

  /** The images of a training are those of an evaluation. */
  private static final String[] UNAUGMENTED = {
    "data.training.crop=none", "data.training.horizontal-flip=0", "model.head=distilled"
  };

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;
  private static String checkpoint;
  private static String onnx;

  @BeforeAll
  static void start() throws IOException {
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
    train = SmallSplit.write(data.resolve("train"), SHARDS, ROWS);
    checkpoint = data.resolve("teacher").toString();
    // with the usual threshold not a neuron of so small a model fires, and all answers are the same
    run(SmallSplit.recipe("model.neuron.threshold=0.05"), train, checkpoint);
    onnx =
        Files.write(
                data.resolve("teacher.onnx"),
                TestOnnx.linear(
                    new float[][] {{1, -2, 0.5f}, {0.3f, 1, -1}, {-1, 2, 2}},
                    new float[] {0.1f, 0, -0.2f},
                    0,
                    SmallSplit.SIZE))
            .toString();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Checkpoint run(Recipe recipe, String data, String output) {
    TrainingOptions options = new TrainingOptions(TrainingOptions.Start.FRESH, "reference", 1, 1);
    TrainingPlaces places = new TrainingPlaces(data, null, output);
    return new TrainingRun(spark, recipe, places, options, Progress.SILENT).run().checkpoint();
  }

  private TeachOptions options(String model, String output, String... changes) {
    TeachOptions.Preparation own = TeachOptions.Preparation.OF_TEACHER;
    return new TeachOptions(
        model,
        train,
        path(output),
        new TeachOptions.Preparation(own.recipe(), own.source(), List.of(changes)),
        0,
        new TeachOptions.Work(BATCH, 0, 1, 1, "reference"));
  }

  private static TeachOptions ofSmallImages(TeachOptions options) {
    TeachOptions.Preparation own = TeachOptions.Preparation.OF_TEACHER;
    List<String> changes =
        List.of("data.evaluation.crop=none", "data.evaluation.size=" + SmallSplit.SIZE);
    return new TeachOptions(
        options.model(),
        options.data(),
        options.output(),
        new TeachOptions.Preparation(own.recipe(), own.source(), changes),
        options.timesteps(),
        options.work());
  }

  private ShardManifest teach(String teacher, String output) {
    TeachOptions options = options(teacher, output);
    return TeachJob.run(
        spark, teacher.equals(onnx) ? ofSmallImages(options) : options, EvaluationProgress.SILENT);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static String teacher(String kind) {
    return kind.equals("onnx") ? onnx : checkpoint;
  }

  @ParameterizedTest
  @CsvSource({"checkpoint", "onnx"})
  void theColumnIsWhatTheTeacherSays(String kind) {
    List<Long> told = new ArrayList<>();
    TeachOptions options = options(teacher(kind), "taught");
    ShardManifest manifest =
        TeachJob.run(
            spark,
            kind.equals("onnx") ? ofSmallImages(options) : options,
            (done, total) -> told.add(done));

    assertThat(told).last().isEqualTo((long) SHARDS * ROWS);
    assertThat(manifest.source().teacher().classes()).isEqualTo(3);
    ShardSet taught = ShardSet.open(path("taught"), HADOOP);
    assertThat(taught.manifest()).isEqualTo(manifest);
    Set<List<Float>> answers = new HashSet<>();
    ShardCache cache = new ShardCache(ShardSet.open(train, HADOOP), ShardCache.DEFAULT_BYTES);
    try (Teacher answering =
        TeacherFile.load(teacher(kind), HADOOP, message -> {}).open("reference", 1)) {
      for (int shard = 0; shard < SHARDS; shard++) {
        float[] expected = answers(cache, shard, answering);
        List<Sample> samples = taught.samples(shard);
        for (int row = 0; row < ROWS; row++) {
          assertThat(samples.get(row).key())
              .isEqualTo(cache.sample(new SampleRef(shard, row)).key());
          assertThat(samples.get(row).logits())
              .containsExactly(Arrays.copyOfRange(expected, 3 * row, 3 * row + 3));
          answers.add(List.of(expected[3 * row], expected[3 * row + 1], expected[3 * row + 2]));
        }
      }
    }
    assertThat(answers).as("a teacher that looks at the image").hasSizeGreaterThan(5);
  }

  private static float[] answers(ShardCache cache, int shard, Teacher teacher) {
    List<SampleRef> rows =
        IntStream.range(0, ROWS).mapToObj(row -> new SampleRef(shard, row)).toList();
    float[] logits = new float[3 * ROWS];
    try (BatchReader reader =
        new BatchReader(
            cache,
            rows,
            SmallSplit.recipe().evaluationInput().transform(),
            ClassTargets::of,
            ReadOptions.of(BATCH, 9, 9))) {
      for (int first = 0; reader.hasNext(); first += BATCH) {
        Batch batch = reader.next();
        float[] answer = teacher.logits(BatchImages.of(batch));
        System.arraycopy(answer, 0, logits, 3 * first, answer.length);
      }
    }
    return logits;
  }

  @Test
  void theManifestSaysWhoAnsweredHow() throws IOException {
    ShardManifest.Teacher said = teach(checkpoint, "taught").source().teacher();
    assertThat(said.file()).isEqualTo("model.spkf");
    assertThat(said.sha256())
        .isEqualTo(Checksums.sha256(Files.readAllBytes(Path.of(checkpoint, "model.spkf"))));
    assertThat(said.samples()).isEqualTo(ShardSet.open(train, HADOOP).manifest().checksum());
    assertThat(said.settings())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "batch", "4",
                "kernels", "reference",
                "timesteps", "1",
                "crop", "none",
                "size", "16",
                "mean", "[0.485, 0.456, 0.406]",
                "std", "[0.229, 0.224, 0.225]"));
    assertThat(teach(onnx, "by-onnx").source().teacher().settings())
        .containsKey("onnxruntime")
        .doesNotContainKeys("kernels", "timesteps");
  }

  @Test
  void aShardThatIsMissingIsMadeAgain() throws IOException {
    teach(checkpoint, "taught");
    Map<String, byte[]> whole = files("taught");
    assertThat(whole).hasSize(SHARDS + 2);
    Files.delete(folder.resolve("taught/part-00001.parquet"));
    teach(checkpoint, "taught");
    assertThat(files("taught")).containsExactlyEntriesOf(whole);
    assertThatThrownBy(() -> teach(onnx, "taught"))
        .hasMessageContaining("output holds another conversion")
        .hasMessageContaining("teacher.onnx");
    assertThat(files("taught")).containsExactlyEntriesOf(whole);
  }

  private Map<String, byte[]> files(String name) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String file : folder.resolve(name).toFile().list()) {
      files.put(file, Files.readAllBytes(folder.resolve(name).resolve(file)));
    }
    return files;
  }

  @ParameterizedTest
  @CsvSource({"checkpoint, hard", "checkpoint, soft", "onnx, soft"})
  void withoutAugmentationTheColumnTeachesLikeTheTeacher(String kind, String mode) {
    teach(teacher(kind), "taught");
    float[] column = run(recipe("column", mode), path("taught"), path("from-column")).state();
    float[] onTheFly = run(recipe(teacher(kind), mode), train, path("on-the-fly")).state();
    assertThat(Arrays.mismatch(column, onTheFly)).isEqualTo(-1);
    float[] alone = run(recipe("null", mode), train, path("alone")).state();
    assertThat(Arrays.mismatch(column, alone)).isNotEqualTo(-1);
  }

  private static Recipe recipe(String teacher, String mode) {
    List<String> settings = new ArrayList<>(List.of(UNAUGMENTED));
    settings.add("schedule.epochs=1");
    settings.add("distillation.teacher=" + teacher);
    settings.add("distillation.mode=" + mode);
    settings.add("distillation.temperature=2");
    return SmallSplit.recipe(settings.toArray(String[]::new));
  }

  @Test
  void shardsWithoutFittingLogitsAreRefusedBeforeAnyWork() {
    assertThatThrownBy(() -> run(recipe("column", "hard"), train, path("refused")))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "distillation teacher column: expected shards with a teacher's logits of 3 classes,"
                + " found none in file:.*train/; run teach --model URI --data file:.*train/"
                + " --output URI with such a teacher and train on its output");
    ShardManifest manifest = teach(checkpoint, "taught");
    ShardManifest.Teacher teacher = manifest.source().teacher();
    ShardManifest other =
        new ShardManifest(
            manifest.schemaVersion(),
            manifest.kind(),
            manifest.split(),
            manifest.classes(),
            manifest
                .source()
                .withTeacher(
                    new ShardManifest.Teacher(
                        teacher.file(), teacher.sha256(), 4, teacher.settings(), "")),
            manifest.accepted(),
            0,
            0,
            manifest.shards());
    ManifestFormat.write(new Storage(HADOOP), Storage.path(path("taught")), other);
    assertThatThrownBy(() -> run(recipe("column", "hard"), path("taught"), path("refused")))
        .hasMessageContaining("logits of 3 classes, found logits of 4 classes in");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aTeacherThatCannotAnswerIsRefusedBeforeAnyWork() throws IOException {
    Path nine = data.resolve("nine.onnx");
    Files.write(nine, TestOnnx.linear(new float[3][9], new float[9], 0, 0));
    refused(
        ofSmallImages(options(nine.toString(), "refused")),
        "nine.onnx: expected classes 3 as in the data file:",
        ", found 9; name another teacher");
    refused(
        options(onnx, "refused"),
        "expected images of [3, 16, 16] (channels, height, width; -1 for any), found 1 frames of"
            + " 3, 224, 224");
    refused(
        new TeachOptions(
            onnx,
            train,
            path("refused"),
            TeachOptions.Preparation.OF_TEACHER,
            2,
            options(onnx, "refused").work()),
        "expected no timesteps for an ONNX file, found 2; leave --timesteps out");
    refused(options(path("nowhere"), "refused"), "nowhere: expected a checkpoint");
    refused(options(path("nowhere.onnx"), "refused"), "nowhere.onnx");
    refused(options(withoutRecipe(), "refused"), "name a recipe with --recipe");
    refused(
        options(checkpoint, "refused", "data.evaluation.sise=3"), "unknown key", "evaluation.sise");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  private String withoutRecipe() {
    Checkpoint known = OutputFolder.load(checkpoint, HADOOP, message -> {});
    Checkpoint bare =
        new Checkpoint(
            known.config(), known.position(), "", "", List.of(), known.state(), List.of());
    return new OutputFolder(path("bare"), HADOOP).writeModel(bare).toString();
  }

  private static void refused(TeachOptions options, String... messages) {
    assertThatThrownBy(() -> TeachJob.run(spark, options, EvaluationProgress.SILENT))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContainingAll(messages)
        .hasMessageNotContaining("\n");
  }
}
