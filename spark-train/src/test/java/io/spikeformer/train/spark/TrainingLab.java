package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A real Spark, splits of small images, and trainings with them. */
abstract class TrainingLab {
  static final TrainingOptions OPTIONS =
      new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);

  @TempDir private static Path data;
  @TempDir Path folder;
  static JavaSparkContext spark;
  static String train;
  static String validation;

  @BeforeAll
  static void start() throws IOException {
    spark = new JavaSparkContext(SparkTests.conf("local[2]"));
    train = SmallSplit.write(data.resolve("train"), 3, 11);
    validation = SmallSplit.write(data.resolve("validation"), 1, 9);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  final TrainingResult run(Recipe recipe, String output) {
    return training(recipe, output, OPTIONS, Progress.SILENT).run();
  }

  final TrainingRun training(
      Recipe recipe, String output, TrainingOptions options, Progress progress) {
    return new TrainingRun(
        spark, recipe, new TrainingPlaces(train, validation, path(output)), options, progress);
  }

  final String path(String name) {
    return folder.resolve(name).toString();
  }

  static float[] values(TrainingResult result) {
    Checkpoint checkpoint = result.checkpoint();
    int length = checkpoint.state().length;
    float[] all = Arrays.copyOf(checkpoint.state(), 3 * length);
    System.arraycopy(checkpoint.moments().get(0), 0, all, length, length);
    System.arraycopy(checkpoint.moments().get(1), 0, all, 2 * length, length);
    return new TrainingState(0, all).values();
  }

  static void assertSameBits(float[] found, float[] expected) {
    assertThat(Arrays.mismatch(found, expected)).as("first different value").isEqualTo(-1);
  }

  /** Ends a run as a lost driver would: between a round and its checkpoint. */
  record Killer(int epoch, int round) implements Progress {
    @Override
    public void roundFinished(Round finished) {
      if (finished.epoch() == epoch && finished.round() == round) {
        throw new Killed();
      }
    }
  }

  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
