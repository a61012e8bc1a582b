package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.spikeformer.model.box.Boxes;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

class BoxAssignmentTest {
  private static final Boxes NONE = new Boxes(new float[0]);

  @Test
  void anObjectTakesAllBoxesOfItsBestOverlapAndTheLaterOneWins() {
    // two boxes that hold the first object alike, one that holds half of it, one far away
    Boxes boxes = new Boxes(new float[] {0, 0, 8, 8, 4, 0, 12, 8, 6, 0, 14, 8, 40, 40, 48, 48});
    Boxes one = new Boxes(new float[] {4, 0, 8, 8});
    assertThat(BoxAssignment.ANCHORS.assign(boxes, one)).containsExactly(1, 1, 0, 0);
    Boxes same = new Boxes(new float[] {4, 0, 8, 8, 4, 0, 8, 8});
    assertThat(BoxAssignment.ANCHORS.assign(boxes, same)).containsExactly(2, 2, 0, 0);
  }

  @Test
  void betweenTheThresholdsABoxIsIgnored() {
    Boxes boxes = new Boxes(new float[] {0, 0, 10, 10, 0, 0, 10, 5, 0, 0, 10, 2});
    Boxes object = new Boxes(new float[] {0, 0, 10, 10});
    assertThat(BoxAssignment.ANCHORS.assign(boxes, object)).containsExactly(1, -1, 0);
    assertThat(BoxAssignment.PROPOSALS.assign(boxes, object)).containsExactly(1, 1, 0);
  }

  @Test
  void withoutObjectsAllIsBackgroundAndObjectsOfNoAreaFindNothing() {
    Boxes boxes = new Boxes(new float[] {0, 0, 8, 8, 4, 4, 4, 4});
    assertThat(BoxAssignment.ANCHORS.assign(boxes, NONE)).containsExactly(0, 0);
    assertThat(BoxAssignment.ANCHORS.assign(boxes, new Boxes(new float[] {3, 3, 3, 3})))
        .containsExactly(0, 0);
    assertThat(BoxAssignment.ANCHORS.assign(NONE, boxes)).isEmpty();
  }

  @Test
  void unusedAnchorsAreNeitherAssignedNorSampled() {
    Boxes anchors = new Boxes(new float[] {0, 0, 8, 8, 0, 0, 7, 8, 30, 30, 40, 40, 50, 50, 60, 60});
    Boxes object = new Boxes(new float[] {0, 0, 8, 8});
    AnchorTargets targets =
        AnchorTargets.of(
            anchors, new boolean[] {false, true, true, false}, object, BoxSampling.ANCHORS, i -> i);
    assertThat(targets.positives()).containsExactly(1);
    assertThat(targets.negatives()).containsExactly(2);
    assertThat(targets.deltas()).hasSize(4);
    assertThat(targets.deltas()[2]).isEqualTo((float) Math.log(8f / 7));
  }

  @Test
  void objectsThemselvesAreRegionsAndAnImageWithoutAnyHasBackgroundAlone() {
    Boxes proposals = new Boxes(new float[] {0, 0, 8, 8, 20, 20, 30, 30});
    Boxes object = new Boxes(new float[] {0, 0, 8, 9});
    RegionTargets targets =
        RegionTargets.of(object, new int[] {3}, proposals, BoxSampling.PROPOSALS, i -> i);
    assertThat(targets.labels()).containsExactly(3, 3, RegionTargets.BACKGROUND);
    assertThat(targets.objects()).containsExactly(0, 0);
    assertThat(targets.deltas()).startsWith(0, 0, 0, 0).hasSize(8);
    assertThat(targets.positives().corners()).containsExactly(0, 0, 8, 9, 0, 0, 8, 8);
    RegionTargets empty =
        RegionTargets.of(NONE, new int[0], proposals, BoxSampling.PROPOSALS, i -> i);
    assertThat(empty.labels()).containsOnly(RegionTargets.BACKGROUND).hasSize(2);
    assertThat(empty.positives().count()).isZero();
  }

  @Test
  void ranksDecideTheSampleAndDependOnEachOfTheirNumbers() {
    int[] assigned = {1, 0, 2, 0, -1, 3, 0, 0};
    IntToLongFunction falling = index -> -index;
    BoxSampling.Sample sample = new BoxSampling(4, 0.5).draw(assigned, falling);
    assertThat(sample.positives()).containsExactly(2, 5);
    assertThat(sample.negatives()).containsExactly(6, 7);
    BoxSampling.Sample tied = new BoxSampling(4, 0.5).draw(assigned, index -> index == 7 ? 0 : 1);
    assertThat(tied.positives()).containsExactly(0, 2);
    assertThat(tied.negatives()).containsExactly(1, 7);
    assertThat(new BoxSampling(2, 0).draw(assigned, falling).positives()).isEmpty();
    BoxSampling.Sample all = new BoxSampling(100, 0.5).draw(assigned, falling);
    assertThat(all.positives()).containsExactly(0, 2, 5);
    assertThat(all.negatives()).containsExactly(1, 3, 6, 7);

    BoxSampling.Stage stage = BoxSampling.Stage.ANCHORS;
    long[] some = first(BoxSampling.ranks(1, 2, "a", stage));
    assertThat(first(BoxSampling.ranks(1, 2, "a", stage))).isEqualTo(some);
    assertThat(some).doesNotHaveDuplicates();
    assertThat(first(BoxSampling.ranks(2, 2, "a", stage))).isNotEqualTo(some);
    assertThat(first(BoxSampling.ranks(1, 1, "a", stage))).isNotEqualTo(some);
    assertThat(first(BoxSampling.ranks(1, 2, "b", stage))).isNotEqualTo(some);
    assertThat(first(BoxSampling.ranks(1, 2, "a", BoxSampling.Stage.PROPOSALS))).isNotEqualTo(some);
  }

  private static long[] first(IntToLongFunction ranks) {
    long[] values = new long[1_000];
    Arrays.setAll(values, ranks::applyAsLong);
    return values;
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoxAssignment(0.3f, 0.7f, 0.3f))
        .withMessage(
            "assignment of boxes: expected 0 <= negative <= positive <= 1 and 0 <= least <= 1,"
                + " found 0.7, 0.3, 0.3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BoxSampling(0, 0.5))
        .withMessage(
            "sample of boxes: expected a number >= 1 and a share of 0 to 1, found 0 and 0.5");
  }

  @Test
  void aBoxOfNoAreaHasNoPixels() {
    float[] ones = new float[28 * 28];
    Arrays.fill(ones, 1);
    Boxes boxes = new Boxes(new float[] {3, 2, 3, 9});
    assertThat(new MaskPasting(10, 10).mask(ones, 28, boxes, 0).area()).isZero();
    Boxes outside = new Boxes(new float[] {-30, -30, -12, -11});
    assertThat(new MaskPasting(10, 10).mask(ones, 28, outside, 0).area()).isZero();
    Boxes beyond = new Boxes(new float[] {30, 30, 40, 50});
    assertThat(new MaskPasting(10, 10).mask(ones, 28, beyond, 0).area()).isZero();
    Boxes whole = new Boxes(new float[] {0, 0, 10, 10});
    assertThat(new MaskPasting(10, 10).mask(ones, 28, whole, 0).area()).isEqualTo(100);
  }
}
