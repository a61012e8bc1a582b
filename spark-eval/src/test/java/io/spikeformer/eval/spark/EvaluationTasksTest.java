package io.spikeformer.eval.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.data.Crop;
import io.spikeformer.data.Normalisation;
import io.spikeformer.data.TransformConfig;
import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.kernel.ReferenceKernels;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTasksTest {
  @Test
  void thereAreAsManyTasksAsRunAtOnceWhenEachTakesTwoCores(@TempDir Path folder) {
    List<String> classes = List.of("a", "b");
    GeneratedShards.write(folder.resolve("test"), 16, classes, 1, 1, 1, 1, 1, 1);
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.builder("small")
            .widths(8, 8, 8, 8)
            .depths(1, 1)
            .classes(classes.size())
            .stem(3, 1)
            .heads(1)
            .build();
    SparkConf conf =
        new SparkConf()
            .setMaster("local[4]")
            .setAppName("tasks")
            .set("spark.ui.enabled", "false")
            .set("spark.task.cpus", "2");
    AtomicInteger tasks = new AtomicInteger();
    try (JavaSparkContext spark = new JavaSparkContext(conf)) {
      spark
          .sc()
          .addSparkListener(
              new SparkListener() {
                @Override
                public void onStageSubmitted(SparkListenerStageSubmitted submitted) {
                  tasks.set(submitted.stageInfo().numTasks());
                }
              });
      Evaluator.evaluate(
          spark,
          config,
          state(config),
          folder.resolve("test").toString(),
          TransformConfig.evaluation(new Crop.Whole(16), Normalisation.CIFAR10),
          EvaluationOptions.of("small").withKernels("reference"));
    }
    assertThat(tasks).hasValue(2);
  }

  @Test
  void unknownKernelsAreRefusedBeforeTheJob() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EvaluationOptions.of("small").withKernels("turbo"))
        .withMessage("kernels: expected auto, fast or reference, found 'turbo'");
  }

  private static float[] state(MetaSpikeFormerConfig config) {
    try (ReferenceKernels kernels = new ReferenceKernels();
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      return model.state().toArray();
    }
  }
}
