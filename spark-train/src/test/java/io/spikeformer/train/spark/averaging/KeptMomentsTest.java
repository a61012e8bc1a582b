package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.SparkTests;
import io.spikeformer.train.spark.TrainingOptions;
import io.spikeformer.train.spark.TrainingPlaces;
import io.spikeformer.train.spark.TrainingRun;
import io.spikeformer.train.spark.worker.ReplicaPool;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** Moments that are lost are trained again, round by round. */
class KeptMomentsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"averaging.moments=local", "averaging.intervals.second-moment=3"})
  void roundsThatAreTrainedAgainGiveTheSameBitsAndTakeOneReplicaATask(String kept)
      throws IOException {
    String train = SmallSplit.write(folder.resolve("train"), 2, 20);
    Recipe recipe =
        SmallSplit.recipe(
            kept, "averaging.frequency=1", "schedule.epochs=1", "checkpoint.every-rounds=50");
    try (JavaSparkContext spark = new JavaSparkContext(SparkTests.conf("local[2]"))) {
      Checkpoint calm = run(spark, recipe, train, "calm", Progress.SILENT);
      Forgetful forgetful = new Forgetful(spark);
      Checkpoint found = run(spark, recipe, train, "forgetful", forgetful);
      assertThat(Arrays.mismatch(found.state(), calm.state())).isEqualTo(-1);
      assertThat(forgetful.forgotten).isPositive();
      assertThat(forgetful.replicas).isEqualTo(2);
    }
  }

  @Test
  void momentsOfAWorkerThatFailedAreNotZeros() {
    WorkerReport report =
        new WorkerReport(1, TrainingSums.NONE, 0, 0, null, "shard 3: not readable");
    Slice failed = new Slice(0, 0, Payload.NONE, List.of(report));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> KeptMoments.join(List.of(new Tuple2<>(0L, failed)).iterator(), 1))
        .withMessage("shard 3: not readable");
  }

  private Checkpoint run(
      JavaSparkContext spark, Recipe recipe, String train, String output, Progress progress) {
    TrainingPlaces places = new TrainingPlaces(train, null, folder.resolve(output).toString());
    TrainingOptions options = new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1);
    return new TrainingRun(spark, recipe, places, options, progress).run().checkpoint();
  }

  /** Loses what is kept after the fourth round, and counts the replicas after the fifth. */
  private static final class Forgetful implements Progress {
    private final JavaSparkContext spark;
    private int forgotten;
    private int replicas;

    Forgetful(JavaSparkContext spark) {
      this.spark = spark;
    }

    @Override
    public void roundFinished(Round round) {
      if (round.round() == 4) {
        spark
            .getPersistentRDDs()
            .values()
            .forEach(
                kept -> {
                  kept.unpersist(true);
                  forgotten++;
                });
      } else if (round.round() == 5) {
        replicas = idle();
      }
    }

    private static int idle() {
      try {
        int count = 0;
        for (Object run : ((Map<?, ?>) value(ReplicaPool.ofThisJvm(), "runs")).values()) {
          count += ((Collection<?>) value(run, "idle")).size();
        }
        return count;
      } catch (ReflectiveOperationException missing) {
        throw new IllegalStateException(missing);
      }
    }

    private static Object value(Object of, String name) throws ReflectiveOperationException {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    }
  }
}
