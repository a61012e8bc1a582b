package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.Detections;
import io.spikeformer.model.box.YoloDetections;
import io.spikeformer.model.box.YoloLevel;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.YoloWeights;
import io.spikeformer.tasks.detection.YoloMatching.Match;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Matching, loss and choice of boxes by hand, and the loss's gradient by differences. */
class YoloRulesTest {
  /** One anchor a level, of 8 x 8, 16 x 16 and 64 x 64 pixels; two classes. */
  private static final YoloHeadSpec SPEC =
      new YoloHeadSpec(
          "head",
          List.of("a", "b", "c"),
          List.of(8, 8, 8),
          2,
          8,
          new Yolo(List.of(8, 8, 8), List.of(8, 8, 16, 16, 64, 64)));

  private static final int LENGTH = YoloHeadSpec.NUMBERS + 2;

  /**
   * An object of 12 x 20 pixels around (26, 14), on 4 x 4 cells of 8 pixels: the centre is (3.25,
   * 1.75) in cells. The anchor of one cell fits, since 12 / 8 = 1.5 and 20 / 8 = 2.5 are below 4.
   * It matches in its cell, in the left one, for 0.25 &lt; 0.5, and in the lower one, for 4 - 1.75
   * = 2.25 and 0.25 &lt; 0.5.
   */
  @Test
  void anObjectMatchesItsCellAndTheTwoNearestNeighbours() {
    Boxes object = new Boxes(new float[] {20, 4, 32, 24});
    YoloLevel level = YoloLevel.of(SPEC).get(0);
    assertThat(YoloMatching.of(level, 4, 4, object))
        .containsExactly(new Match(0, 0, 1, 3), new Match(0, 0, 1, 2), new Match(0, 0, 2, 3));
  }

  /**
   * At the edge of the image there is no neighbour: the centre (0.25, 3.75) of 4 x 4 cells has none
   * on the left, for 0.25 is not above 1, and none below. With a ratio of 32 / 8 = 4 nothing
   * matches.
   */
  @Test
  void neitherNeighboursOutsideNorAnchorsOfAnotherSizeMatch() {
    YoloLevel level = YoloLevel.of(SPEC).get(0);
    Boxes corner = new Boxes(new float[] {0, 28, 4, 32});
    assertThat(YoloMatching.of(level, 4, 4, corner)).containsExactly(new Match(0, 0, 3, 0));
    Boxes large = new Boxes(new float[] {0, 0, 32, 16});
    assertThat(YoloMatching.of(level, 4, 4, large)).isEmpty();
    assertThat(YoloMatching.of(level, 4, 4, new Boxes(new float[0]))).isEmpty();
  }

  /**
   * An image of 8 x 8 pixels has one cell a level. Its object of 8 x 8 pixels, whose centre is half
   * a cell, matches on the first two levels: 8 / 8 = 1 and 16 / 8 = 2. On the third 64 / 8 = 8 is
   * too much. All numbers are 0, so that each sigmoid is 0.5 and a box is its anchor around the
   * middle of its cell.
   *
   * <p>Level 1: box and object are equal, CIoU = 1. Level 2: anchor (0, 0, 16, 16), object (0, 0,
   * 8, 8), IoU = 64 / 256 = 0.25. Centres are 4 apart on both axes, the diagonal is 16 on both:
   * distance = 32 / 512 = 0.0625, both are squares, CIoU = 0.1875. Box loss = 0.05 (0 + 0.8125) =
   * 0.040625.
   *
   * <p>BCE of logit 0 is log 2 = 0.6931 for each target. Objectness = (4 + 1 + 0.4) log 2 = 3.7430,
   * classes = 0.5 (log 2 + log 2) = 0.6931.
   *
   * <p>Slopes: objectness 4 (0.5 - 1) = -2, 0.5 - 0.1875 = 0.3125 and 0.4 * 0.5 = 0.2; the class of
   * the object 0.5 (0.5 - 1) / 2 = -0.125, the other one 0.125.
   */
  @Test
  void lossesOfAnImageOfOneCell() {
    Map<String, Tensor> values = answers(1, 0, 0);
    Map<String, Tensor> gradients = answers(1, 0, 0);
    YoloLoss loss =
        new YoloLoss(
            SPEC,
            YoloWeights.PUBLISHED,
            List.of(
                new TrainedObjects(new Boxes(new float[] {0, 0, 8, 8}), new int[] {1}, List.of())));
    YoloLoss.Parts parts = loss.of(new Outputs(values, gradients, Map.of()));
    assertThat(parts.box()).isCloseTo(0.040625, within(1e-6));
    assertThat(parts.objectness()).isCloseTo(3.7430, within(1e-4));
    assertThat(parts.classes()).isCloseTo(0.6931, within(1e-4));
    assertThat(parts.of()).isEqualTo(2);
    assertThat(gradients.get("answers0").get(4)).isCloseTo(-2, within(1e-5f));
    assertThat(gradients.get("answers1").get(4)).isCloseTo(0.3125f, within(1e-5f));
    assertThat(gradients.get("answers2").get(4)).isCloseTo(0.2f, within(1e-5f));
    assertThat(gradients.get("answers1").get(5)).isCloseTo(0.125f, within(1e-6f));
    assertThat(gradients.get("answers1").get(6)).isCloseTo(-0.125f, within(1e-6f));
  }

  @Test
  void weightsAreFactorsOfLossesAndGradients() {
    List<TrainedObjects> images =
        List.of(
            new TrainedObjects(
                new Boxes(new float[] {1, 2, 13, 16, 5, 6, 29, 30}), new int[] {0, 1}, List.of()));
    YoloLoss.Parts all = null;
    float[] slopes = null;
    for (YoloWeights weights :
        List.of(
            YoloWeights.PUBLISHED,
            new YoloWeights(0.1, 0, 0),
            new YoloWeights(0, 3, 0),
            new YoloWeights(0, 0, 0.25))) {
      Map<String, Tensor> gradients = answers(1, 4, 0);
      YoloLoss.Parts parts =
          new YoloLoss(SPEC, weights, images)
              .of(new Outputs(answers(1, 4, 0.7), gradients, Map.of()));
      float[] own = gradients.get("answers0").toArray();
      if (all == null) {
        all = parts;
        slopes = own;
      }
      double[] factors = {weights.box() / 0.05, weights.objectness(), weights.classes() / 0.5};
      assertThat(parts.box()).isCloseTo(factors[0] * all.box(), within(1e-9));
      assertThat(parts.objectness()).isCloseTo(factors[1] * all.objectness(), within(1e-9));
      assertThat(parts.classes()).isCloseTo(factors[2] * all.classes(), within(1e-9));
      for (int i = 0; i < own.length; i++) {
        int number = i % LENGTH;
        double factor = factors[number < 4 ? 0 : number == 4 ? 1 : 2];
        assertThat(own[i]).isCloseTo((float) (factor * slopes[i]), within(1e-6f));
      }
    }
  }

  /** Without objects only the objectness counts, and twice for two images. */
  @Test
  void imagesWithoutObjectsAreNegatives() {
    TrainedObjects none = new TrainedObjects(new Boxes(new float[0]), new int[0], List.of());
    Map<String, Tensor> gradients = answers(2, 0, 0);
    YoloLoss.Parts parts =
        new YoloLoss(SPEC, YoloWeights.PUBLISHED, List.of(none, none))
            .of(new Outputs(answers(2, 0, 0), gradients, Map.of()));
    assertThat(parts.box()).isZero();
    assertThat(parts.classes()).isZero();
    assertThat(parts.objectness()).isCloseTo(2 * 5.4 * Math.log(2), within(1e-6));
    assertThat(gradients.get("answers0").toArray())
        .containsExactly(0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 2, 0, 0);
  }

  /**
   * Objectness apart, whose target follows the box without a gradient. Boxes and objects are
   * squares, since the weight of other shapes is a constant for the gradient too.
   */
  @Test
  void theGradientIsThatOfDifferences() {
    List<TrainedObjects> images =
        List.of(
            new TrainedObjects(
                new Boxes(new float[] {1, 2, 13, 14, 5, 6, 29, 30}), new int[] {0, 1}, List.of()),
            new TrainedObjects(new Boxes(new float[] {9, 1, 26, 18}), new int[] {1}, List.of()));
    YoloLoss loss = new YoloLoss(SPEC, YoloWeights.PUBLISHED, images);
    Map<String, Tensor> values = answers(2, 4, 0.7);
    values.values().forEach(YoloRulesTest::makeSquare);
    Map<String, Tensor> gradients = answers(2, 4, 0);
    loss.of(new Outputs(values, gradients, Map.of()));
    float step = 2e-3f;
    int checked = 0;
    for (String name : values.keySet()) {
      float[] numbers = values.get(name).toArray();
      float[] slopes = gradients.get(name).toArray();
      for (int i = 0; i < numbers.length; i++) {
        if (i % LENGTH != 4) {
          double high = shifted(loss, values, name, i, step);
          double low = shifted(loss, values, name, i, -step);
          assertThat((high - low) / (2 * step)).isCloseTo(slopes[i], within(2e-4));
          checked += Math.abs(slopes[i]) > 1e-3 ? 1 : 0;
        }
      }
    }
    assertThat(checked).isGreaterThan(30);
  }

  private static void makeSquare(Tensor answers) {
    float[] numbers = answers.toArray();
    for (int i = 0; i < numbers.length; i += LENGTH) {
      numbers[i + 3] = numbers[i + 2];
    }
    answers.put(numbers);
  }

  /** Box and class loss with one number shifted. */
  private static double shifted(
      YoloLoss loss, Map<String, Tensor> values, String name, int at, float by) {
    float[] before = values.get(name).toArray();
    float[] after = before.clone();
    after[at] += by;
    values.get(name).put(after);
    YoloLoss.Parts parts = loss.of(new Outputs(values, answers(2, 4, 0), Map.of()));
    values.get(name).put(before);
    return parts.box() + parts.classes();
  }

  /**
   * Two levels answer at (4, 4) with boxes of 8 x 8 and 16 x 16 pixels around it, IoU = 64 / 256 =
   * 0.25. Class 0 is likely in both, class 1 in the first alone: sigmoid(4) = 0.9820, sigmoid(2) =
   * 0.8808, so that the scores are 0.9820 * 0.8808 = 0.8650, 0.9820^2 = 0.9644 and 0.8808 * 0.8808
   * = 0.7758. With a threshold of 0.2 the box of 16 pixels loses to the other one of its class.
   */
  @Test
  void theBestBoxesOfEachClassRemain() {
    Map<String, Tensor> values = answers(1, 0, 0);
    values.get("answers0").put(new float[] {0, 0, 0, 0, 4, 2, 4});
    values.get("answers1").put(new float[] {-30, -30, 0, 0, 2, 2, -30});
    // the corner of the cell moves the second box: centre (2 * 0 - 0.5) * 16 = -8
    Outputs outputs = new Outputs(values, Map.of(), Map.of());
    Detections all = YoloDetections.of(new Detections.Rule(0.3, 0.2, 10), SPEC, outputs::value, 0);
    assertThat(all.labels()).containsExactly(1, 0, 0);
    assertThat(all.scores()[0]).isCloseTo(0.9644f, within(1e-4f));
    assertThat(all.scores()[1]).isCloseTo(0.8650f, within(1e-4f));
    assertThat(all.scores()[2]).isCloseTo(0.7758f, within(1e-4f));
    assertThat(all.boxes().corners())
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(0, 0, 8, 8, 0, 0, 8, 8, -16, -16, 0, 0);
    values.get("answers1").put(new float[] {-1.0986f, -1.0986f, 0, 0, 2, 2, -30});
    // sigmoid(-1.0986) = 0.25: centre 0; the boxes (0, 0, 8, 8) and (-8, -8, 8, 8) overlap by 0.25
    assertThat(
            YoloDetections.of(new Detections.Rule(0.3, 0.2, 10), SPEC, outputs::value, 0).labels())
        .containsExactly(1, 0);
    assertThat(
            YoloDetections.of(new Detections.Rule(0.3, 0.3, 10), SPEC, outputs::value, 0).labels())
        .containsExactly(1, 0, 0);
    assertThat(
            YoloDetections.of(new Detections.Rule(0.3, 0.3, 2), SPEC, outputs::value, 0).labels())
        .containsExactly(1, 0);
  }

  /** Answers of square images of so many cells of the finest level; one cell if 0. */
  private static Map<String, Tensor> answers(int images, int cells, double deviation) {
    Random random = new Random(5);
    Map<String, Tensor> answers = new LinkedHashMap<>();
    for (int level = 0; level < Yolo.LEVELS; level++) {
      int side = Math.max(1, cells >> level);
      Tensor tensor = Tensor.allocate(DataType.FLOAT32, images, side, side, 1, LENGTH);
      float[] values = new float[(int) tensor.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (deviation * random.nextGaussian() + 0.0);
      }
      tensor.put(values);
      answers.put(YoloHeadSpec.answers(level), tensor);
    }
    return answers;
  }
}
