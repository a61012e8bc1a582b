package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.BatchReader;
import io.spikeformer.data.batch.ReadOptions;
import io.spikeformer.data.batch.ShardCache;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.classification.ClassTargets;
import io.spikeformer.train.EpochPlan;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.teacher.Teacher;
import io.spikeformer.train.teacher.TeacherFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training with a teacher on Spark. */
class DistillationTrainingTest {
  private static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  @TempDir private static Path data;
  @TempDir private Path folder;
  private static JavaSparkContext spark;
  private static String train;

  @BeforeAll
  static void start() throws IOException {
    train = SmallSplit.write(data.resolve("train"), 2, 8);
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private Recipe recipe(String teacher, String... more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "model.head=distilled",
                "averaging.workers=1",
                "schedule.epochs=1",
                "distillation.teacher=" + teacher));
    settings.addAll(List.of(more));
    return SmallSplit.recipe(settings.toArray(String[]::new));
  }

  private String teacher(NetworkConfig config, int seed) {
    return teacher(config, seed, "");
  }

  private String teacher(NetworkConfig config, int seed, String recipe) {
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, seed)) {
      // an untrained model answers nothing at all
      Entry bias = model.layout().entry("head/linear.bias");
      float[] answer = new float[(int) bias.length()];
      answer[seed % answer.length] = 3;
      model.state().slice(bias.offset(), bias.length()).put(answer);
      return new OutputFolder(folder.resolve("teacher" + seed).toString(), new Configuration())
          .writeModel(
              new Checkpoint(
                  config,
                  TrainingPosition.START,
                  recipe,
                  "",
                  List.of(),
                  model.state().toArray(),
                  List.of()))
          .toString();
    }
  }

  private Checkpoint run(Recipe recipe, String output) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    return new TrainingRun(spark, recipe, places, OPTIONS, Progress.SILENT).run().checkpoint();
  }

  @ParameterizedTest
  @CsvSource({"hard", "soft"})
  void oneWorkerIsLocalTrainingWithTheTeacher(String mode) {
    NetworkConfig small = SmallSplit.recipe().model().toConfig();
    Recipe recipe = recipe(teacher(small, 11), "distillation.mode=" + mode);
    assertThat(Arrays.mismatch(run(recipe, mode).state(), local(recipe))).isEqualTo(-1);
    Recipe another = recipe(teacher(small, 12), "distillation.mode=" + mode);
    assertThat(run(another, mode + "-12").state()).isNotEqualTo(local(recipe));
  }

  /** Rounds begin with what the one before ended with: one worker is a plain loop. */
  private static float[] local(Recipe recipe) {
    ShardCache cache =
        new ShardCache(ShardSet.open(train, new Configuration()), ShardCache.DEFAULT_BYTES);
    EpochPlan plan = new EpochPlan(recipe, cache.shards().manifest().rows());
    Schedule schedule = recipe.schedule().toSchedule(plan.steps(), recipe.samplesPerStep());
    Teacher teacher = TeacherFile.load(recipe, new Configuration(), message -> {}).open("auto", 1);
    try (LocalTrainer trainer =
        new LocalTrainer(recipe, schedule, KernelProvider.create("auto", 1), teacher)) {
      int length = Math.toIntExact(trainer.layout().length());
      for (int round = 0; round < plan.length().roundsOf(0); round++) {
        ReadOptions options = ReadOptions.of(recipe.data().batchSize(), recipe.seed(), 0);
        try (BatchReader reader =
            new BatchReader(
                cache,
                plan.samples(0, 0, round),
                recipe.trainingInput().transform(),
                ClassTargets::of,
                options)) {
          List<Batch> batches = new ArrayList<>();
          reader.forEachRemaining(batches::add);
          trainer.train(0, batches.iterator());
        }
      }
      return Arrays.copyOf(trainer.state().values(), length);
    }
  }

  @Test
  void aTeacherThatCannotAnswerIsRefusedBeforeAnyWork() {
    NetworkConfig small = SmallSplit.recipe().model().toConfig();
    String classes = teacher(small.withData(3, 9), 21);
    refused(classes, "expected classes 3 as in the recipe, found 9");
    String channels = teacher(small.withData(1, 3), 22);
    refused(channels, "expected channels 3 as in the recipe, found 1");
    String other = SmallSplit.recipe("data.mean=[0.1, 0.2, 0.3]").toYaml();
    refused(
        teacher(small, 23, other),
        "expected data.mean [0.485, 0.456, 0.406] as in the recipe, found [0.1, 0.2, 0.3]");
    refused(folder.resolve("nowhere").toString(), "nowhere");
  }

  private void refused(String teacher, String message) {
    assertThatThrownBy(() -> run(recipe(teacher), "refused"))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
    assertThat(Files.exists(folder.resolve("refused"))).isFalse();
  }

  @Test
  void aPlainHeadIsRefused() {
    assertThatThrownBy(() -> recipe("t", "model.head=plain"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "expected model.head distilled, found plain; set model.head=distilled");
  }
}
