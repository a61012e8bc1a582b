package io.spikeformer.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.DenseFixture;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class DetectionLossesTest {
  private static final float STEP = 1e-2f;

  /** Logits up to +-100. */
  @Test
  void singleLossesAreTheRecordedOnes() throws IOException {
    Map<String, NpyArray> recorded = DenseFixture.read("operators.npz", "loss/");
    float[] logits = recorded.get("loss/logit").values();
    float[] targets = recorded.get("loss/target").values();
    for (int i = 0; i < logits.length; i++) {
      float z = logits[i];
      float t = targets[i];
      check(recorded, "bce", i, Losses.binaryCrossEntropy(z, t));
      check(recorded, "grad_bce", i, Losses.binaryCrossEntropySlope(z, t));
      check(recorded, "grad_l1", i, Losses.absoluteSlope(z, t));
    }
  }

  private static void check(Map<String, NpyArray> recorded, String name, int i, double found) {
    float expected = recorded.get("loss/" + name).values()[i];
    assertThat(found)
        .as("%s %s", name, i)
        .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
  }

  @Test
  void extremeLogitsGiveFiniteLosses() {
    assertThat(Losses.binaryCrossEntropy(1e30f, 1)).isZero();
    assertThat(Losses.binaryCrossEntropy(-1e30f, 0)).isZero();
    assertThat(Losses.binaryCrossEntropy(-500, 1)).isEqualTo(500);
    assertThat(Losses.binaryCrossEntropySlope(-1e30f, 1)).isEqualTo(-1);
    assertThat(Losses.binaryCrossEntropySlope(1e30f, 0)).isEqualTo(1);
    float[] gradient = new float[3];
    float[] row = {1e30f, -1e30f, 0};
    assertThat(Losses.softmaxCrossEntropy(row, 0, 3, 0, 1, gradient)).isZero();
    assertThat(gradient).containsExactly(0, 0, 0);
    float[] far = {500, -500, 0};
    assertThat(Losses.softmaxCrossEntropy(far, 0, 3, 1, 2, gradient)).isEqualTo(1000);
    assertThat(gradient).containsExactly(2, -2, 0);
  }

  @Test
  void anchorsAreDividedByTheSampleOfAllImages() {
    AnchorTargets first =
        new AnchorTargets(new int[] {1}, new int[] {0, 3}, new float[] {1, 2, 3, 4});
    AnchorTargets second = new AnchorTargets(new int[0], new int[] {2}, new float[0]);
    float[] logits = {0, 2, 9, -1, 9, 9, 3, 9};
    float[] deltas = new float[4 * logits.length];
    float[] dLogits = {7, 7, 7, 7, 7, 7, 7, 7};
    float[] dDeltas = new float[deltas.length];
    DetectionLosses.Stage loss =
        DetectionLosses.ofAnchors(logits, deltas, List.of(first, second), dLogits, dDeltas);
    // 1 + 2 and, for the image without objects, 1 + 1
    double sum = Math.log(2) + softplus(-2) + softplus(-1) + softplus(3);
    assertThat(loss.score()).isCloseTo(sum / 5, within(1e-9));
    assertThat(loss.delta()).isCloseTo(10 / 5.0, within(1e-9));
    assertThat(dLogits[0]).isEqualTo(0.1f);
    assertThat(new float[] {dLogits[2], dLogits[4], dLogits[5], dLogits[7]}).containsOnly(0);
    assertThat(dDeltas[4]).isEqualTo(-0.2f);
    assertThat(dDeltas[0]).isZero();
    compare(
        logits,
        dLogits,
        moved ->
            DetectionLosses.ofAnchors(
                    moved, deltas, List.of(first, second), new float[8], new float[32])
                .score());
  }

  private static double softplus(double z) {
    return Math.log1p(Math.exp(z));
  }

  @Test
  void regionsAreDividedByAllOfThem() {
    RegionTargets first =
        new RegionTargets(
            new Boxes(new float[8]),
            new int[] {0},
            new int[] {1, RegionTargets.BACKGROUND},
            new float[] {1, -1, 2, 0});
    RegionTargets second =
        new RegionTargets(
            new Boxes(new float[4]),
            new int[0],
            new int[] {RegionTargets.BACKGROUND},
            new float[0]);
    List<RegionTargets> targets = List.of(first, second);
    float[] logits = random(3 * 4);
    float[] deltas = random(3 * 3 * 4);
    float[] dLogits = new float[logits.length];
    float[] dDeltas = new float[deltas.length];
    DetectionLosses.Stage loss =
        DetectionLosses.ofRegions(logits, deltas, targets, dLogits, dDeltas);
    double delta = 0;
    for (int k = 0; k < 4; k++) {
      delta += Math.abs(deltas[4 + k] - first.deltas()[k]);
    }
    assertThat(loss.delta()).isCloseTo(delta / 3, within(1e-6));
    compare(
        logits,
        dLogits,
        moved ->
            DetectionLosses.ofRegions(moved, deltas, targets, new float[12], new float[36])
                .score());
    compare(
        deltas,
        dDeltas,
        moved ->
            DetectionLosses.ofRegions(logits, moved, targets, new float[12], new float[36])
                .delta());
    float[] none = new float[0];
    assertThat(DetectionLosses.ofRegions(none, none, List.of(), none, none))
        .isEqualTo(new DetectionLosses.Stage(0, 0));
  }

  @Test
  void masksAreJudgedInTheChannelOfTheirClass() {
    float[] all = random(2 * 4 * 3);
    float[] cells = {0, 1, 1, 0, 1, 1, 0, 0};
    int[] labels = {2, 0};
    TrueChannels channels = new TrueChannels(labels, 4);
    try (Tensor logits = Tensor.of(all, 2, 2, 2, 3);
        Tensor gradient = Tensor.of(new float[2 * 4 * 3], 2, 2, 2, 3)) {
      float[] seen = channels.of(logits);
      float[] dSeen = new float[seen.length];
      double loss = DetectionLosses.ofMasks(seen, cells, dSeen);
      double sum = 0;
      for (int i = 0; i < cells.length; i++) {
        float z = all[3 * i + labels[i / 4]];
        assertThat(seen[i]).isEqualTo(z);
        sum += cells[i] == 1 ? softplus(-z) : softplus(z);
      }
      assertThat(loss).isCloseTo(sum / 8, within(1e-6));
      compare(seen, dSeen, moved -> DetectionLosses.ofMasks(moved, cells, new float[8]));
      channels.put(dSeen, gradient);
      float[] dAll = gradient.toArray();
      for (int i = 0; i < dAll.length; i++) {
        boolean isTrue = i % 3 == labels[i / 12];
        assertThat(dAll[i]).isEqualTo(isTrue ? dSeen[i / 3] : 0);
      }
    }
    assertThat(DetectionLosses.ofMasks(new float[0], new float[0], new float[0])).isZero();
  }

  private static float[] random(int length) {
    Random random = new Random(length);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void compare(float[] values, float[] gradient, ToDoubleFunction<float[]> loss) {
    for (int i = 0; i < values.length; i++) {
      float[] up = values.clone();
      float[] down = values.clone();
      up[i] += STEP;
      down[i] -= STEP;
      double slope = (loss.applyAsDouble(up) - loss.applyAsDouble(down)) / (up[i] - down[i]);
      assertThat((double) gradient[i]).as("%s", i).isCloseTo(slope, within(1e-4));
    }
  }
}
