package io.spikeformer.model.box;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.kernel.Regions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BoxesTest {
  @Test
  void boxesAreSelectedJoinedAndClipped() {
    Boxes boxes = new Boxes(new float[] {0, 1, 4, 3, -2, -3, 50, 60});
    assertThat(boxes.area(0)).isEqualTo(8);
    assertThat(boxes.clipped(40, 30).corners()).containsExactly(0, 1, 4, 3, 0, 0, 30, 40);
    assertThat(boxes.select(new int[] {1, 0, 0}).corners())
        .containsExactly(-2, -3, 50, 60, 0, 1, 4, 3, 0, 1, 4, 3);
    Boxes both = Boxes.concat(List.of(boxes.select(new int[] {1}), boxes));
    assertThat(both.count()).isEqualTo(3);
    assertThat(both.corners()).containsExactly(-2, -3, 50, 60, 0, 1, 4, 3, -2, -3, 50, 60);
  }

  @Test
  void boxesOfNoAreaOverlapNothing() {
    Boxes boxes = new Boxes(new float[] {2, 2, 2, 8, 2, 2, 8, 8, 5, 5, 5, 5, 6, 1, 3, 9});
    assertThat(boxes.iou(0, boxes, 0)).isZero();
    assertThat(boxes.iou(0, boxes, 1)).isZero();
    assertThat(boxes.iou(2, boxes, 1)).isZero();
    assertThat(boxes.iou(1, boxes, 1)).isEqualTo(1);
    assertThat(boxes.hasArea(0)).isFalse();
    assertThat(boxes.hasArea(1)).isTrue();
    assertThat(boxes.hasArea(3)).isFalse();
  }

  @Test
  void sizesGrowAndShrinkWithinLimits() {
    Boxes prior = new Boxes(new float[] {10, 10, 20, 30});
    float[] far = {0, 0, 100, -100, 0, 0, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    Boxes decoded = BoxCoding.PROPOSALS.decode(prior, far);
    assertThat(decoded.count()).isEqualTo(2);
    assertThat(decoded.width(0)).isCloseTo(10 * 62.5f, within(1e-2f));
    assertThat(decoded.height(0)).isCloseTo(20 / 62.5f, within(1e-4f));
    assertThat(decoded.height(1)).isCloseTo(20 * 62.5f, within(1e-2f));
    assertThat(BoxCoding.PROPOSALS.decode(new Boxes(new float[0]), new float[0]).count()).isZero();
  }

  /** Pairs that cross, contain each other, lie apart, and boxes without area. */
  @ParameterizedTest
  @EnumSource(Overlap.class)
  void gradientsAreDerivatives(Overlap measure) {
    float[][] pairs = {
      {1, 2, 9, 7, 4, 1, 12, 5},
      {3, 3, 4, 5, 1, 1, 9, 8},
      {1, 1, 9, 8, 3, 3, 4, 5},
      {0, 0, 2, 3, 5, 7, 11, 8},
      {0, 0, 2, 3, 1, 7, 3, 7}
    };
    double[] gradient = new double[4];
    for (float[] pair : pairs) {
      Boxes boxes = new Boxes(pair);
      measure.of(boxes, 0, boxes, 1, gradient);
      double alpha = alpha(measure, boxes);
      for (int k = 0; k < 4; k++) {
        float step = 1e-2f;
        double up = moved(measure, pair, k, step, alpha);
        double down = moved(measure, pair, k, -step, alpha);
        assertThat(gradient[k]).as("%s", k).isCloseTo((up - down) / (2 * step), within(1e-3));
      }
    }
  }

  private static double shape(Boxes boxes) {
    double angle =
        Math.atan2(boxes.width(1), boxes.height(1)) - Math.atan2(boxes.width(0), boxes.height(0));
    return 4 / (Math.PI * Math.PI) * angle * angle;
  }

  private static double alpha(Overlap measure, Boxes boxes) {
    double v = shape(boxes);
    return measure == Overlap.CIOU ? v / (1 - Overlap.IOU.of(boxes, 0, boxes, 1, null) + v) : 0;
  }

  /** The measure of a moved box, alpha held. */
  private static double moved(Overlap measure, float[] pair, int corner, float step, double alpha) {
    float[] moved = pair.clone();
    moved[corner] += step;
    Boxes boxes = new Boxes(moved);
    return measure == Overlap.CIOU
        ? Overlap.DIOU.of(boxes, 0, boxes, 1, null) - alpha * shape(boxes)
        : measure.of(boxes, 0, boxes, 1, null);
  }

  @ParameterizedTest
  @EnumSource(Overlap.class)
  void aPointHasFiniteMeasures(Overlap measure) {
    Boxes boxes = new Boxes(new float[] {2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 5, 6});
    double[] gradient = new double[4];
    for (int other = 1; other < 3; other++) {
      assertThat(measure.of(boxes, 0, boxes, other, gradient)).isFinite().isLessThan(1e-9);
      assertThat(gradient).doesNotContain(Double.NaN);
    }
  }

  @Test
  void regionsOfALevelAreRepeatedForEachTimestep() {
    Boxes boxes = new Boxes(new float[] {0, 0, 10, 10, 0, 0, 300, 300, 5, 5, 9, 9, 0, 0, 0, 0});
    int[] levels = RoiLevels.of(boxes, 4);
    assertThat(levels).containsExactly(0, 2, 0, 0);
    Regions regions = RoiLevels.regions(boxes, new int[] {0, 1, 1, 0}, levels, 0, 2, 3);
    assertThat(regions.images()).containsExactly(0, 1, 0, 3, 4, 3);
    assertThat(regions.rows()).containsExactly(0, 2, 3, 4, 6, 7);
    assertThat(regions.corners()).startsWith(0, 0, 10, 10, 5, 5, 9, 9).hasSize(24);
    assertThat(RoiLevels.regions(boxes, new int[4], levels, 3, 2, 3).count()).isZero();
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Boxes(new float[5]))
        .withMessage("boxes: expected four numbers for each, found 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AnchorGrid(1, 0, 4))
        .withMessage("anchors: expected sizes and a stride >= 1, found 1 x 0 and 4");
  }
}
