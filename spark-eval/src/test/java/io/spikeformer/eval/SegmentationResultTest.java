package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Answered;
import io.spikeformer.tasks.ModelClasses;
import io.spikeformer.tasks.Scoring;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.segmentation.SegmentationResult;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An evaluation of label maps as JSON, as a page, and beside another. */
class SegmentationResultTest {
  private static final Task TASK = Tasks.of("segmentation");
  private static final int HEIGHT = 240;
  private static final int WIDTH = 330;

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 40, 150})
  void isReadBackAndShownAgain(int classes) {
    EvaluationResult result = result(classes, 3, 1);
    assertThat(result.fused().backboneMillijoules() + result.fused().headMillijoules())
        .isCloseTo(result.fused().millijoules(), within(1e-9));
    assertThat(result.fused().headMillijoules()).isPositive();
    String json = result.toJson();
    EvaluationResult again = EvaluationResult.fromJson(json);
    assertThat(again).isEqualTo(result);
    assertThat(HtmlReport.render(again)).isEqualTo(HtmlReport.render(result));
    assertThat(json).contains("\"meanIou\" : ", "\"confusion\" : [ [ ", "\"headMillijoules\" : ");
  }

  @Test
  void thePageShowsClassesConfusionsAndExamples() {
    EvaluationResult result = result(4, 12, 2);
    String page = HtmlReport.render(result);
    assertThat(page)
        .contains(
            ">Mean IoU<",
            ">Pixel accuracy<",
            "Intersection over union by class",
            "Confusion matrix",
            "<td class=\"words\">Backbone</td>",
            "<td class=\"words\">Neck</td>",
            "Everything behind the backbone",
            "Most frequent confusions",
            "<th scope=\"col\">Prediction</th>",
            "src=\"data:image/jpeg;base64,",
            "src=\"data:image/png;base64,",
            "alt=\"error of ",
            "no class, hatched",
            "cross-entropy per pixel, mean over images")
        .doesNotContain("<script", "Top-1");
    assertThat(((SegmentationResult) result.outcome()).examples()).hasSize(8);
    assertThat(result.toJson().length()).isLessThan(1 << 20);
    assertThat(page.length()).isLessThan(3 << 20);
  }

  @Test
  void manyClassesAreShownByTheirExtremes() {
    assertThat(HtmlReport.render(result(150, 2, 3)))
        .contains("Classes of the lowest IoU", "Classes of the most pixels")
        .doesNotContain("Confusion matrix");
  }

  @Test
  void twoOfThemAreCompared() {
    ComparisonReport.Run one = new ComparisonReport.Run("one", result(5, 2, 4));
    ComparisonReport.Run two = new ComparisonReport.Run("two", result(5, 2, 5));
    assertThat(ComparisonReport.render(List.of(one, two)))
        .contains(
            "<h2>Mean IoU against energy</h2>",
            "Classes that differ most",
            "mean accuracy",
            "class 3")
        .doesNotContain("after each timestep");
  }

  @ParameterizedTest
  @ValueSource(strings = {"confusion", "classNames", "images", "examples", "ignoredPixels"})
  void aMissingFieldIsRefused(String field) throws JsonProcessingException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode object = (ObjectNode) mapper.readTree(result(2, 1, 6).toJson());
    object.remove(field);
    assertThatThrownBy(() -> EvaluationResult.fromJson(object.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(field)
        .hasMessageNotContaining("\n");
  }

  @Test
  void damagedPicturesAreRefused() throws JsonProcessingException {
    ObjectNode object = (ObjectNode) new ObjectMapper().readTree(result(2, 1, 7).toJson());
    for (JsonNode example : object.get("examples")) {
      ((ObjectNode) example).put("truth", "AAAA");
    }
    EvaluationResult damaged = EvaluationResult.fromJson(object.toString());
    assertThatThrownBy(() -> HtmlReport.render(damaged))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("evaluation result: expected pictures of sample 0.jpg, found");
  }

  private static EvaluationResult result(int classes, int images, int seed) {
    List<String> names = IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
    Scoring scoring = TASK.scoring(new ModelClasses("model m", names), classes, "data d", names);
    MetaSpikeFormerConfig config =
        MetaSpikeFormerConfig.preset("tiny").toBuilder()
            .classes(classes)
            .timesteps(2)
            .semanticFpn(SemanticFpn.published(16))
            .build();
    EvaluationCounts counts = new EvaluationCounts(scoring.counts(2), 2);
    Random random = new Random(seed);
    for (String layer : LayerCosts.neuronLayers(config)) {
      for (int t = 0; t < 2; t++) {
        counts.firing().add(layer, t, random.nextInt(500), 1000);
      }
    }
    for (int i = 0; i < images; i++) {
      counts.add(0, 1, add(scoring, counts, i + ".jpg", classes, random));
    }
    return EvaluationResult.of(
        TASK.id(),
        new EvaluationSource("checkpoint", "shards", "", images, 64, 64, List.of()),
        config,
        counts,
        scoring.result(counts.task()),
        EnergyConstants.NANOMETRES_45);
  }

  /** A sample of random blocks that the model sees at a quarter of the size. */
  private static OptionalDouble add(
      Scoring scoring, EvaluationCounts counts, String key, int classes, Random random) {
    byte[] labels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      int block = i % WIDTH / 40 + i / WIDTH / 40;
      labels[i] = (byte) (block % 7 == 6 ? LabelMap.IGNORED : block % classes);
    }
    Geometry plan = Geometry.resize(HEIGHT, WIDTH, 60, 80);
    float[] pixels = new float[60 * 80 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    float[] logits = new float[30 * 40 * classes];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    Sample sample =
        new Sample(
            key,
            new EncodedImage(new byte[0], ImageEncoding.PNG, HEIGHT, WIDTH),
            new EncodedLabelMap(new LabelMap(HEIGHT, WIDTH, labels).encode()));
    Batch batch =
        new Batch(
            pixels,
            scoring.targets().of(List.of(new SampleTruth(sample)), List.of(plan)),
            List.of(key),
            1,
            1,
            60,
            80,
            3);
    TransformConfig input =
        TransformConfig.evaluation(new Crop.Whole(60), PixelNormalisation.IMAGENET);
    try (Tensor tensor = Tensor.of(logits, 1, 30, 40, classes)) {
      Outputs outputs = new Outputs(Map.of("logits", tensor), Map.of(), Map.of());
      return scoring.add(counts.task(), new Answered(0, batch, input, outputs)).loss();
    }
  }
}
