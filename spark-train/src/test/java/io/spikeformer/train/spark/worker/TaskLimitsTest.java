package io.spikeformer.train.spark.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.train.spark.SparkTests;
import io.spikeformer.train.spark.TrainingOptions;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class TaskLimitsTest {
  @Test
  void localCoresAreSharedAmongTheTasks() {
    try (JavaSparkContext spark = new JavaSparkContext(SparkTests.conf("local[4]"))) {
      assertThat(TaskLimits.threads(spark, 1)).isEqualTo(4);
      assertThat(TaskLimits.threads(spark, 2)).isEqualTo(2);
      assertThat(TaskLimits.threads(spark, 3)).isEqualTo(1);
      assertThat(TaskLimits.threads(spark, 9)).isEqualTo(1);
      assertThat(TaskLimits.maxAttempts(spark)).isEqualTo(1);
    }
  }

  @Test
  void unknownKernelsAreRefusedBeforeATrainingIsPrepared() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrainingOptions(TrainingOptions.Start.FRESH, "turbo", 0, 1))
        .withMessage("kernels: expected auto, fast or reference, found 'turbo'");
  }

  @Test
  void sparksOwnSettingsWin() {
    SparkConf conf = SparkTests.conf("local[4, 3]").set("spark.task.cpus", "2");
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      assertThat(TaskLimits.threads(spark, 1)).isEqualTo(2);
      assertThat(TaskLimits.threads(spark, 9)).isEqualTo(2);
      assertThat(TaskLimits.maxAttempts(spark)).isEqualTo(3);
    }
  }
}
