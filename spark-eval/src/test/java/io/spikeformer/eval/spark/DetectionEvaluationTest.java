package io.spikeformer.eval.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.eval.EvaluationResult;
import io.spikeformer.eval.HtmlReport;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.HeadKind;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.detection.DetectionOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Detections judged by a Spark job. */
class DetectionEvaluationTest {
  private static final List<String> CLASSES = List.of("cat", "dog");
  private static final int SIDE = 48;
  private static final int[] ROWS = {3, 1, 2, 0, 2, 1};
  private static final TransformConfig INPUT =
      TransformConfig.evaluation(
          Crop.Scaled.fit(64, 64, new Padding.Multiple(32)), PixelNormalisation.IMAGENET);
  private static final EvaluationOptions OPTIONS =
      EvaluationOptions.of("seed 3")
          .withBatchSize(2)
          .withKernels("auto")
          .withTask(Tasks.of("detection"));

  @TempDir static Path folder;
  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("detection")
            .set("spark.ui.enabled", "false")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrationRequired", "true")
            .registerKryoClasses(EvalKryoClasses.all());
    spark = new JavaSparkContext(conf);
    write("objects", SIDE, i -> i == 0 ? 0 : 3, ROWS);
    write("nothing", SIDE, i -> 0, 2, 1);
    write("pixels", 1, i -> 2, 2, 1);
    GeneratedShards.write(folder.resolve("classes"), SIDE, CLASSES, 3);
  }

  private interface Count {
    int of(int sample);
  }

  private static void write(String name, int side, Count objects, int... rows) {
    GeneratedShards.write(
        folder.resolve(name), side, CLASSES, i -> truth(i, side, objects.of(i)), rows);
  }

  /** Boxes and masks, the first of three a crowd; those of one pixel are all the same. */
  private static EncodedObjects truth(int sample, int side, int count) {
    Random random = new Random(sample);
    List<DetectedObject> objects = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int half = side / 2;
      int x = half == 0 ? 0 : random.nextInt(half);
      int y = half == 0 ? 0 : random.nextInt(half);
      int size = Math.max(1, half);
      byte[] mask = new byte[side * side];
      for (int row = y; row < y + size; row++) {
        Arrays.fill(mask, row * side + x, row * side + x + size, (byte) 1);
      }
      ObjectKind kind = count == 3 && i == 0 ? ObjectKind.CROWD : ObjectKind.INSTANCE;
      Rect box = new Rect(x, y, size, size);
      objects.add(
          new DetectedObject(
              i, i % 2, kind, box, box.area(), Optional.of(Rle.encode(side, side, mask))));
    }
    return new EncodedObjects(ObjectBytes.encode("sample " + sample, objects));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static MetaSpikeFormerConfig config(HeadKind head) {
    MetaSpikeFormerConfig.Builder builder =
        MetaSpikeFormerConfig.builder("small")
            .widths(8, 16, 16, 16)
            .depths(1, 1)
            .classes(CLASSES.size())
            .stem(3, 1)
            .heads(2)
            .neuron(NeuronConfig.PAPER)
            .timesteps(2);
    if (head == HeadKind.YOLO) {
      return builder.yolo(new Yolo(List.of(8, 8, 16), Yolo.PUBLISHED.anchors())).build();
    }
    return builder
        .maskRcnn(
            new MaskRcnn(
                8,
                16,
                MaskRcnn.Predictor.SPIKES,
                SemanticFpn.Norm.NONE,
                SemanticFpn.Norm.NONE,
                MaskRcnn.Strides.REAL,
                SemanticFpn.Fuse.KEEP))
        .build();
  }

  private static EvaluationResult evaluate(
      String data, TransformConfig input, EvaluationOptions options) {
    return evaluate(HeadKind.MASK_RCNN, data, input, options);
  }

  private static EvaluationResult evaluate(
      HeadKind head, String data, TransformConfig input, EvaluationOptions options) {
    MetaSpikeFormerConfig config = config(head);
    float[] state;
    try (Kernels kernels = KernelProvider.create("auto", 1);
        SpikeformerModel model = SpikeformerModel.create(config, kernels, 3)) {
      state = model.state().toArray();
    }
    return Evaluator.evaluate(
        spark, config, state, folder.resolve(data).toString(), input, options);
  }

  @ParameterizedTest
  @EnumSource(names = {"MASK_RCNN", "YOLO"})
  void theResultIsTheSameForAnyNumberOfPartitionsAndIsReadBack(HeadKind head) {
    EvaluationResult one = evaluate(head, "objects", INPUT, OPTIONS.withPartitions(1));
    DetectionOutcome outcome = (DetectionOutcome) one.outcome();
    assertThat(outcome.boxes().images()).isEqualTo(9);
    assertThat(outcome.facts().crowds()).isEqualTo(8);
    assertThat(outcome.facts().imagesWithoutObjects()).isEqualTo(1);
    assertThat(outcome.boxes().detections()).as("a fresh network finds much").isPositive();
    assertThat(outcome.masks().isPresent()).isEqualTo(head == HeadKind.MASK_RCNN);
    assertThat(one.loss()).isEmpty();
    assertThat(outcome.figures()).extracting(Figure::value).allMatch(Double::isFinite);
    for (int partitions : new int[] {2, 8}) {
      assertThat(evaluate(head, "objects", INPUT, OPTIONS.withPartitions(partitions)))
          .isEqualTo(one);
    }
    EvaluationResult again = EvaluationResult.fromJson(one.toJson());
    assertThat(again).isEqualTo(one);
    assertThat(HtmlReport.render(again))
        .isEqualTo(HtmlReport.render(one))
        .contains("Precision against recall", "Worst images", "Backbone")
        .doesNotContain("<script", ">Loss<");
  }

  @Test
  void theRegionsOfAnImageAreCounted() throws Exception {
    EvaluationResult result = evaluate("objects", INPUT, OPTIONS);
    assertThat(HtmlReport.render(result)).contains("Regions of an image");
    JsonNode object = new ObjectMapper().readTree(result.toJson());
    assertThat(object.get("loss").isNull()).isTrue();
    double regions = object.at("/regionsPerImage/boxes").asDouble();
    assertThat(regions).isBetween(1.0, 1000.0);
    double fewer =
        result.fused().layers().stream()
            .filter(layer -> layer.layer().endsWith("fc1"))
            .mapToLong(layer -> layer.macs())
            .sum();
    assertThat(fewer).isCloseTo(regions * 49 * 8 * 16, within(1.0));

    ((ObjectNode) object).remove("bbox");
    assertThatThrownBy(() -> EvaluationResult.fromJson(object.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bbox")
        .hasMessageNotContaining("\n");
  }

  @Test
  void imagesWithoutObjectsAndOfOnePixelAreScored() {
    DetectionOutcome nothing = (DetectionOutcome) evaluate("nothing", INPUT, OPTIONS).outcome();
    assertThat(nothing.figures()).extracting(Figure::value).containsOnly(Double.NaN);
    assertThat(nothing.notes()).anyMatch(note -> note.startsWith("No image has an object"));
    DetectionOutcome pixels = (DetectionOutcome) evaluate("pixels", INPUT, OPTIONS).outcome();
    assertThat(pixels.figures()).extracting(Figure::value).allMatch(Double::isFinite);
  }

  @Test
  void predictionsAreWritten() {
    String target = folder.resolve("predictions").toString();
    evaluate("objects", INPUT, OPTIONS.withPredictions(target));
    assertThat(Path.of(target)).isDirectoryContaining("glob:**part-00000.parquet");
  }

  @Test
  void dataThatDoNotFitAreRefusedInOneLine() {
    assertThatThrownBy(() -> evaluate("classes", INPUT, OPTIONS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("detection")
        .hasMessageNotContaining("\n");
    TransformConfig part =
        TransformConfig.evaluation(new Crop.Centre(32, 48), PixelNormalisation.IMAGENET);
    assertThatThrownBy(() -> evaluate("objects", part, OPTIONS))
        .isInstanceOf(SparkException.class)
        .hasStackTraceContaining("expected the whole image for detections");
  }
}
