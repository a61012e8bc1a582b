package io.spikeformer.eval.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.kernel.ReferenceKernels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.collection.JavaConverters;

class EvaluationTasksTest {
  private static final List<String> CLASSES = List.of("a", "b");
  private static final MetaSpikeFormerConfig CONFIG =
      MetaSpikeFormerConfig.builder("small")
          .widths(8, 8, 8, 8)
          .depths(1, 1)
          .classes(CLASSES.size())
          .stem(3, 1)
          .heads(1)
          .build();
  private static final EvaluationOptions OPTIONS =
      EvaluationOptions.of("small").withKernels("reference");

  @TempDir private Path folder;

  @BeforeEach
  void write() {
    GeneratedShards.write(folder.resolve("test"), 16, CLASSES, 1, 1, 1, 1, 1, 1);
  }

  @Test
  void thereAreAsManyTasksAsRunAtOnceWhenEachTakesTwoCores() {
    assertThat(samplesOfTasks(OPTIONS)).containsExactly(3, 3);
  }

  @Test
  void thereAreAsManyTasksAsAskedForUpToOneAShard() {
    assertThat(samplesOfTasks(OPTIONS.withPartitions(3))).containsExactly(2, 2, 2);
    assertThat(samplesOfTasks(OPTIONS.withPartitions(9))).containsExactly(1, 1, 1, 1, 1, 1);
  }

  @Test
  void aLimitIsSharedEvenly() {
    assertThat(samplesOfTasks(OPTIONS.withLimit(4))).containsExactly(2, 2);
    assertThat(samplesOfTasks(OPTIONS.withLimit(1))).containsExactly(1);
  }

  /** How many samples each task evaluated where two run at once, the fewest first. */
  private List<Integer> samplesOfTasks(EvaluationOptions options) {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[4]")
            .setAppName("tasks")
            .set("spark.ui.enabled", "false")
            .set("spark.task.cpus", "2");
    List<Integer> samples = Collections.synchronizedList(new ArrayList<>());
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      spark
          .sc()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd end) {
                  for (AccumulableInfo info :
                      JavaConverters.seqAsJavaList(end.taskInfo().accumulables().toSeq())) {
                    if (info.name().contains("evaluated samples")) {
                      samples.add(((Number) info.update().get()).intValue());
                    }
                  }
                }
              });
      Evaluator.evaluate(
          spark,
          CONFIG,
          state(),
          folder.resolve("test").toString(),
          TransformConfig.evaluation(new Crop.Whole(16), PixelNormalisation.CIFAR10),
          options);
    }
    return samples.stream().sorted().toList();
  }

  @Test
  void unknownKernelsAreRefusedBeforeTheJob() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EvaluationOptions.of("small").withKernels("turbo"))
        .withMessage("kernels: expected auto, fast or reference, found 'turbo'");
  }

  private static float[] state() {
    try (ReferenceKernels kernels = new ReferenceKernels();
        SpikeformerModel model = SpikeformerModel.create(CONFIG, kernels, 3)) {
      return model.state().toArray();
    }
  }
}
