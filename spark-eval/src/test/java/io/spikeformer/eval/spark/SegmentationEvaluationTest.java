package io.spikeformer.eval.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.segmentation.Example;
import io.spikeformer.tasks.segmentation.SegmentationResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Label maps judged by a Spark job. */
class SegmentationEvaluationTest {
  private static final List<String> CLASSES = List.of("sky", "road", "tree", "house");
  private static final int SIDE = 40;
  private static final int[] ROWS = {3, 1, 4, 0, 2, 3, 1};
  private static final TransformConfig TRANSFORM =
      TransformConfig.evaluation(new Crop.Centre(32, 32), PixelNormalisation.IMAGENET);
  private static final EvaluationOptions OPTIONS =
      EvaluationOptions.of("seed 3")
          .withBatchSize(2)
          .withKernels("auto")
          .withTask(Tasks.of("segmentation"));

  @TempDir static Path folder;
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("segmentation")
            .set("spark.ui.enabled", "false")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrationRequired", "true")
            .registerKryoClasses(EvalKryoClasses.all());
    spark = new JavaSparkContext(conf);
    GeneratedShards.write(folder.resolve("maps"), SIDE, CLASSES, i -> map(i, CLASSES.size()), ROWS);
    GeneratedShards.write(folder.resolve("foreign"), SIDE, CLASSES, i -> map(i, 6), 2);
    GeneratedShards.write(folder.resolve("classes"), SIDE, CLASSES, 3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** Blocks of classes; the first sample has no label. */
  private static EncodedLabelMap map(int index, int classes) {
    byte[] labels = new byte[SIDE * SIDE];
    Random random = new Random(index);
    int[] blocks = random.ints(100, -1, classes).toArray();
    for (int i = 0; i < labels.length; i++) {
      int block = blocks[i / SIDE / 8 * 10 + i % SIDE / 8];
      labels[i] = (byte) (index == 0 ? LabelMap.IGNORED : block);
    }
    return new EncodedLabelMap(new LabelMap(SIDE, SIDE, labels).encode());
  }

  private static MetaSpikeFormerConfig config(SemanticFpn.Fuse fuse) {
    return MetaSpikeFormerConfig.builder("small")
        .widths(8, 16, 16, 16)
        .depths(1, 1)
        .classes(CLASSES.size())
        .stem(3, 1)
        .heads(2)
        .neuron(NeuronConfig.PAPER)
        .timesteps(2)
        .semanticFpn(new SemanticFpn(8, 8, fuse, SemanticFpn.Norm.BATCH))
        .build();
  }

  /** Weights that are large enough for the head to fire. */
  private static float[] state(MetaSpikeFormerConfig config) {
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      float[] values = model.state().toArray();
      for (Entry entry : model.layout().entries()) {
        for (long i = entry.offset(); i < entry.offset() + entry.length(); i++) {
          values[(int) i] *= entry.kind() == Kind.WEIGHT ? 4 : 1;
        }
      }
      return values;
    }
  }

  @ParameterizedTest
  @EnumSource(SemanticFpn.Fuse.class)
  void theResultIsTheSameForAnyNumberOfPartitions(SemanticFpn.Fuse fuse) {
    MetaSpikeFormerConfig config = config(fuse);
    EvaluationResult one = evaluate(config, "maps", TRANSFORM, OPTIONS.withPartitions(1));
    SegmentationResult outcome = (SegmentationResult) one.outcome();
    assertThat(outcome.images()).isEqualTo(14);
    assertThat(outcome.imagesWithoutLabels()).isEqualTo(1);
    assertThat(outcome.pixels() + outcome.ignoredPixels()).isEqualTo(14L * SIDE * SIDE);
    assertThat(outcome.classes().stream().filter(c -> c.predicted() > 0).count())
        .as("classes that are predicted")
        .isGreaterThan(1);
    assertThat(outcome.examples()).extracting(Example::key).hasSize(8).doesNotHaveDuplicates();
    assertThat(one.loss().orElseThrow()).isBetween(0.0, 20.0);
    for (int partitions : new int[] {2, 8}) {
      assertThat(evaluate(config, "maps", TRANSFORM, OPTIONS.withPartitions(partitions)))
          .isEqualTo(one);
    }
    assertThat(evaluate(config, "maps", TRANSFORM, OPTIONS.withPartitions(2).withBatchSize(3)))
        .extracting(result -> result.outcome().figures())
        .isEqualTo(one.outcome().figures());
  }

  @ParameterizedTest
  @CsvSource({"40, 0, 0", "23, 0, 0", "57, 16, 11", "40, 16, 16", "24, 32, 32"})
  void wholeImagesAndWindowsOfAnySizeAreJudged(int side, int window, int stride) {
    TransformConfig whole =
        TransformConfig.evaluation(
            Crop.Scaled.fit(side, side, new Padding.None()), PixelNormalisation.IMAGENET);
    TransformConfig input = window == 0 ? whole : whole.in(new SlidingWindow(window, stride));
    MetaSpikeFormerConfig config = config(SemanticFpn.Fuse.MEAN);
    EvaluationResult one = evaluate(config, "maps", input, OPTIONS.withPartitions(1));
    SegmentationResult outcome = (SegmentationResult) one.outcome();
    assertThat(outcome.pixels() + outcome.ignoredPixels()).isEqualTo(14L * SIDE * SIDE);
    assertThat(evaluate(config, "maps", input, OPTIONS.withPartitions(3))).isEqualTo(one);
    if (window >= side) {
      // one window over all of it
      assertThat(outcome.confusion())
          .isEqualTo(
              ((SegmentationResult) evaluate(config, "maps", whole, OPTIONS).outcome())
                  .confusion());
    }
  }

  @Test
  void paddingIsCutOffAgain() {
    TransformConfig padded =
        TransformConfig.evaluation(
            Crop.Scaled.fit(37, 37, new Padding.Multiple(16)), PixelNormalisation.IMAGENET);
    SegmentationResult outcome =
        (SegmentationResult)
            evaluate(config(SemanticFpn.Fuse.MEAN), "maps", padded, OPTIONS).outcome();
    assertThat(outcome.pixels() + outcome.ignoredPixels()).isEqualTo(14L * SIDE * SIDE);
  }

  @Test
  void predictionsAreMapsOfTheOriginalSize() {
    String target = folder.resolve("predictions").toString();
    evaluate(config(SemanticFpn.Fuse.MEAN), "maps", TRANSFORM, OPTIONS.withPredictions(target));
    assertThat(Path.of(target)).isDirectoryContaining("glob:**part-00000.parquet");
  }

  @Test
  void dataAndModelsThatDoNotFitAreRefusedInOneLine() {
    MetaSpikeFormerConfig config = config(SemanticFpn.Fuse.MEAN);
    assertThatThrownBy(() -> evaluate(config, "classes", TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("segmentation")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(
            () ->
                evaluate(
                    config,
                    "maps",
                    TRANSFORM,
                    OPTIONS.withModelClasses(List.of("sky", "road", "tree", "car"))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("car")
        .hasMessageNotContaining("\n");
    MetaSpikeFormerConfig three = config.toBuilder().classes(3).build();
    assertThatThrownBy(() -> evaluate(three, "maps", TRANSFORM, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("expected 3 classes as the model has, found 4");
    assertThatThrownBy(() -> evaluate(config, "foreign", TRANSFORM, OPTIONS))
        .isInstanceOf(SparkException.class)
        .hasStackTraceContaining("expected labels 0 to 3, or 255 for pixels without one, found 4");
    TransformConfig part =
        TransformConfig.evaluation(new Crop.Centre(16, 32), PixelNormalisation.IMAGENET);
    assertThatThrownBy(() -> evaluate(config, "maps", part, OPTIONS))
        .isInstanceOf(SparkException.class)
        .hasStackTraceContaining("expected the whole image for a label map");
  }

  private static EvaluationResult evaluate(
      MetaSpikeFormerConfig config,
      String data,
      TransformConfig transform,
      EvaluationOptions options) {
    return Evaluator.evaluate(
        spark, config, state(config), folder.resolve(data).toString(), transform, options);
  }
}
