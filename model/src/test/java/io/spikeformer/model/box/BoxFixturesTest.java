package io.spikeformer.model.box;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.oracle.OperatorRecordings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arithmetic of boxes against recordings of PyTorch and torchvision. */
class BoxFixturesTest {
  private static final int[] STRIDES = {4, 8, 16, 32, 64};

  @Test
  void anchorsAreEqualBitByBit() throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    int[][] sizes = {{16, 24}, {8, 12}, {4, 6}, {2, 3}, {1, 2}};
    List<Integer> inside = new ArrayList<>();
    for (int level = 0; level < sizes.length; level++) {
      AnchorGrid grid = new AnchorGrid(sizes[level][0], sizes[level][1], STRIDES[level]);
      assertThat(grid.anchors().corners()).isEqualTo(recorded.values("anchors/" + level));
      for (boolean within : grid.inside(50, 70)) {
        inside.add(within ? 1 : 0);
      }
    }
    assertThat(inside.stream().mapToInt(i -> i).toArray())
        .isEqualTo(recorded.integers("anchors/inside"));
  }

  @Test
  void codesAndDecodes() throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    Boxes priors = new Boxes(recorded.values("code/prior"));
    Boxes objects = new Boxes(recorded.values("code/gt"));
    recorded.check("code/encode", encoded(BoxCoding.PROPOSALS, priors, objects));
    recorded.check("code/encode_std", encoded(BoxCoding.DETECTIONS, priors, objects));
    float[] deltas = recorded.values("code/delta");
    recorded.check("code/decode", BoxCoding.PROPOSALS.decode(priors, deltas).corners());
    recorded.check(
        "code/decode_std_clip",
        BoxCoding.DETECTIONS.decode(priors, deltas).clipped(50, 70).corners());
  }

  private static float[] encoded(BoxCoding coding, Boxes priors, Boxes objects) {
    float[] deltas = new float[priors.corners().length];
    for (int i = 0; i < priors.count(); i++) {
      coding.encode(priors, i, objects, i, deltas, 4 * i);
    }
    return deltas;
  }

  @Test
  void overlapsOfAllPairsAreEqualBitByBit() throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    Boxes a = new Boxes(recorded.values("iou/a"));
    Boxes b = new Boxes(recorded.values("iou/b"));
    float[] matrix = new float[a.count() * b.count()];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = a.iou(i / b.count(), b, i % b.count());
    }
    assertThat(matrix).isEqualTo(recorded.values("iou/matrix"));
  }

  @ParameterizedTest
  @EnumSource(Overlap.class)
  void measuresOfPairsAndTheirGradients(Overlap measure) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    Boxes a = new Boxes(recorded.values("iou/a"));
    Boxes b = new Boxes(recorded.values("iou/b"));
    float[] values = new float[a.count()];
    float[] gradients = new float[4 * a.count()];
    double[] gradient = new double[4];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) measure.of(a, i, b, i, gradient);
      for (int k = 0; k < 4; k++) {
        gradients[4 * i + k] = (float) -gradient[k];
      }
    }
    String name = measure.name().toLowerCase(Locale.ROOT);
    recorded.check("iou/" + name, values);
    recorded.check("iou/grad_" + name, gradients);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.5, 0.7})
  void keepsWhatTorchvisionKeeps(double threshold) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    Boxes boxes = new Boxes(recorded.values("nms/boxes"));
    float[] scores = recorded.values("nms/scores");
    assertThat(Nms.keep(boxes, scores, new int[scores.length], threshold))
        .isEqualTo(recorded.integers("nms/keep_" + threshold));
    assertThat(Nms.keep(boxes, scores, recorded.integers("nms/groups"), threshold))
        .isEqualTo(recorded.integers("nms/classwise_" + threshold));
  }

  @Test
  void regionsHaveTheirLevels() throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load();
    Boxes boxes = new Boxes(recorded.values("roi/level_boxes"));
    assertThat(RoiLevels.of(boxes, 4)).isEqualTo(recorded.integers("roi/level"));
  }

  /** Of the answers of recorded region proposal networks. */
  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t2", "det_t4_mean", "det_t1_bn", "det_t1_empty_membrane"})
  void proposesTheRecordedRegions(String name) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load(name);
    Proposals.Rule rule = new Proposals.Rule(100, 0.7, 40);
    int side = (int) recorded.shape("input")[2];
    int anchors = (int) recorded.shape("eval/objectness")[1];
    for (int image = 0; recorded.has("eval/proposals/" + image); image++) {
      List<Proposals.Level> levels = new ArrayList<>();
      int from = image * anchors;
      for (int stride : STRIDES) {
        AnchorGrid grid = new AnchorGrid(side / stride, side / stride, stride);
        Boxes own = grid.anchors();
        int to = from + own.count();
        levels.add(
            new Proposals.Level(
                own,
                Arrays.copyOfRange(recorded.values("eval/objectness"), from, to),
                Arrays.copyOfRange(recorded.values("eval/rpn_deltas"), 4 * from, 4 * to)));
        from = to;
      }
      assertThat(from).isEqualTo((image + 1) * anchors);
      Proposals found = Proposals.select(rule, levels, side, side);
      recorded.check("eval/proposals/" + image, found.boxes().corners());
      recorded.check("eval/proposal_scores/" + image, found.scores());
    }
  }

  /** Of the answers of recorded box heads to recorded proposals. */
  @ParameterizedTest
  @ValueSource(strings = {"det_t1", "det_t2", "det_t4_mean", "det_t1_bn", "det_t1_empty_membrane"})
  void findsTheRecordedObjects(String name) throws IOException {
    OperatorRecordings recorded = OperatorRecordings.load(name);
    Detections.Rule rule = new Detections.Rule(0.15, 0.5, 12);
    int side = (int) recorded.shape("input")[2];
    for (int image = 0; recorded.has("eval/proposals/" + image); image++) {
      Detections found =
          Detections.select(
              rule,
              new Boxes(recorded.values("eval/proposals/" + image)),
              recorded.values("eval/box_score/" + image),
              recorded.values("eval/box_delta/" + image),
              side,
              side);
      recorded.check("eval/boxes/" + image, found.boxes().corners());
      recorded.check("eval/scores/" + image, found.scores());
      assertThat(found.labels()).isEqualTo(recorded.integers("eval/labels/" + image));
    }
  }

  @Test
  void withoutRegionsNothingIsFound() {
    Boxes none = new Boxes(new float[0]);
    Detections found =
        Detections.select(Detections.Rule.MASK_RCNN, none, new float[0], new float[0], 9, 9);
    assertThat(found.boxes().count()).isZero();
    assertThat(Proposals.select(Proposals.Rule.TRAINING, List.of(), 9, 9).scores()).isEmpty();
  }
}
