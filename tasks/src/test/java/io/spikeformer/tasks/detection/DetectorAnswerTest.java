package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Box;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.AnchorGrid;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.Answerer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectorAnswerTest {
  private static final int SIDE = 48;
  private static final int CLASSES = 2;
  private static final int CELLS = MaskTargets.SIDE * MaskTargets.SIDE;

  /** One anchor is surely an object of class 1, whose mask is its upper half. */
  private static final class OneObject implements Answerer {
    private final float delta;

    OneObject(float delta) {
      this.delta = delta;
    }

    @Override
    public Outputs of(Batch batch) {
      throw new IllegalStateException("regions are to be chosen");
    }

    @Override
    public Outputs of(Batch batch, RegionChooser chooser) {
      AnchorGrid grid = new AnchorGrid(SIDE / 4, SIDE / 4, 4);
      int anchors = grid.count();
      float[] objectness = new float[anchors];
      Arrays.fill(objectness, -20);
      // the cell at (20, 20), ratio 1: a box of 32 x 32 around its corner
      int chosen = ((5 * SIDE / 4 + 5) * AnchorGrid.PER_CELL) + 1;
      objectness[chosen] = 20;
      Tensor scores = Tensor.of(objectness, 1, anchors);
      Tensor deltas = Tensor.of(new float[anchors * 4], 1, anchors, 4);
      List<Boxes> regions = chooser.forBoxes(new AnchorAnswers(List.of(grid), scores, deltas));
      int count = regions.get(0).count();
      float[] logits = new float[count * (CLASSES + 1)];
      float[] shifts = new float[count * CLASSES * 4];
      Arrays.fill(logits, 0);
      for (int i = 0; i < count; i++) {
        logits[i * (CLASSES + 1) + (i == 0 ? 1 : CLASSES)] = 30;
      }
      Arrays.fill(shifts, delta);
      Tensor classes = Tensor.of(logits, count, CLASSES + 1);
      List<Boxes> found = chooser.forMasks(classes, Tensor.of(shifts, count, CLASSES, 4));
      float[] masks = new float[found.get(0).count() * CELLS * CLASSES];
      for (int i = 0; i < masks.length; i++) {
        boolean isUpper = i / CLASSES % CELLS / MaskTargets.SIDE < MaskTargets.SIDE / 2;
        masks[i] = i % CLASSES == 1 && isUpper ? 30 : -30;
      }
      long[] shape = {found.get(0).count(), MaskTargets.SIDE, MaskTargets.SIDE, CLASSES};
      return new Outputs(
          Map.of(MaskRcnnHeadSpec.MASK_LOGITS, Tensor.of(masks, shape)), Map.of(), Map.of());
    }
  }

  /**
   * One answer of one stage is surely an object of class 1: at (20, 20), of 32 x 32 pixels, which
   * is its anchor around the middle of its cell of 8 pixels.
   *
   * @param shift in front of the sigmoid
   */
  private record OneStage(float shift) implements Answerer {
    private static final YoloHeadSpec SPEC =
        new YoloHeadSpec(
            "head",
            List.of("a", "b", "c"),
            List.of(8, 8, 8),
            CLASSES,
            8,
            new Yolo(List.of(8, 8, 8), List.of(32, 32, 64, 64, 64, 64)));

    @Override
    public Outputs of(Batch batch) {
      int length = YoloHeadSpec.NUMBERS + CLASSES;
      Map<String, Tensor> values = new HashMap<>();
      for (int level = 0; level < Yolo.LEVELS; level++) {
        int cells = Math.max(1, SIDE / SPEC.strides().get(level));
        float[] numbers = new float[cells * cells * length];
        Arrays.fill(numbers, -30);
        if (level == 0) {
          int at = (2 * cells + 2) * length;
          Arrays.fill(numbers, at, at + Boxes.CORNERS, shift);
          numbers[at + Boxes.CORNERS] = 20;
          numbers[at + YoloHeadSpec.NUMBERS + 1] = 20;
        }
        values.put(YoloHeadSpec.answers(level), Tensor.of(numbers, 1, cells, cells, 1, length));
      }
      return new Outputs(values, Map.of(), Map.of()).of(SPEC);
    }

    @Override
    public Outputs of(Batch batch, RegionChooser chooser) {
      return of(batch);
    }
  }

  private static FoundObjects found(Geometry plan, float delta) {
    return found(plan, new OneObject(delta));
  }

  private static FoundObjects found(Geometry plan, Answerer model) {
    Batch batch =
        new Batch(
            new float[SIDE * SIDE * 3],
            new StoredObjects(List.of(List.of()), List.of(plan)),
            List.of("a.png"),
            1,
            1,
            SIDE,
            SIDE,
            3);
    Outputs outputs = DetectorAnswer.ask(batch, model);
    return new DetectorAnswer(List.of(plan), outputs).found(batch.keys()).get(0);
  }

  @Test
  void boxesGoTheWayBackAndMasksArePastedAtTheStoredSize() {
    // the model sees the image at half of its height and a third of its width
    FoundObjects found = found(Geometry.resize(2 * SIDE, 3 * SIDE, SIDE, SIDE), 0);
    assertThat(found.detections()).hasSize(1);
    Detection only = found.detections().get(0);
    assertThat(only.label()).isEqualTo(1);
    assertThat(only.score()).isGreaterThan(0.999);
    // 4 to 36 across and 4 to 36 down, enlarged
    assertThat(only.box()).contains(new Rect(12, 8, 96, 64));
    assertThat(only.mask().orElseThrow().box()).isEqualTo(new Rect(12, 8, 96, 32));
    assertThat(only.mask().orElseThrow().height()).isEqualTo(2 * SIDE);
    assertThat(found.boxRegions()).isGreaterThan(1);
    assertThat(found.maskRegions()).isEqualTo(1);
  }

  @Test
  void oneStageGivesBoxesAlone() {
    FoundObjects found = found(Geometry.resize(2 * SIDE, 3 * SIDE, SIDE, SIDE), new OneStage(0));
    assertThat(found.detections()).hasSize(1);
    Detection only = found.detections().get(0);
    assertThat(only.label()).isEqualTo(1);
    assertThat(only.score()).isGreaterThan(0.999);
    assertThat(only.box()).contains(new Rect(12, 8, 96, 64));
    assertThat(only.mask()).isEmpty();
    assertThat(found.parts()).containsExactly(IouType.BOX);
    assertThat(found.boxRegions() + found.maskRegions()).isZero();
  }

  @Test
  void whatIsNoBoxIsLeftOut() {
    Geometry plan = Geometry.identity(SIDE, SIDE);
    assertThat(found(plan, Float.NaN).detections()).isEmpty();
    assertThat(found(plan, new OneStage(Float.NaN)).detections()).isEmpty();
  }

  @Test
  void aFlippedImageIsFlippedBack() {
    Geometry plan = Geometry.flip(SIDE, SIDE);
    for (Answerer model : List.of(new OneObject(0), new OneStage(0))) {
      assertThat(found(plan, model).detections().get(0).box()).contains(new Rect(12, 4, 32, 32));
    }
  }

  @Test
  void aPartOfAnImageIsRefused() {
    Geometry plan = Geometry.identity(2 * SIDE, SIDE).cut(new Box(0, 0, SIDE, SIDE));
    assertThatThrownBy(() -> found(plan, 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample a.png: expected the whole image for detections, found a part of its 96 x 48"
                + " pixels; set data.evaluation.crop=fit");
  }
}
