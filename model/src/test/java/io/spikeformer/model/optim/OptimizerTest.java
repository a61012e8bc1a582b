package io.spikeformer.model.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.ReferenceOptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.model.optim.ParameterGroups.DecayOn;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Three steps against numbers computed in float32 by PyTorch 1.13 (AdamW, SGD) and by timm's LAMB
 * formulas: weight decay 0.05 on the matrix, none on the bias, rates 0.1, 0.05, 0.02.
 */
class OptimizerTest {
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(
          List.of(
              new Entry("linear.weight", Kind.WEIGHT, Part.BACKBONE, List.of(3, 2), 0, 6),
              new Entry("norm.mean", Kind.STATISTIC, Part.BACKBONE, List.of(2), 6, 2),
              new Entry("linear.bias", Kind.BIAS, Part.BACKBONE, List.of(2), 8, 2)));
  private static final float[] START = {0.5f, -0.3f, 0.1f, 0.8f, -1.2f, 0.05f, 11, 12, 0.2f, -0.4f};
  private static final float[][] GRADIENTS = {
    {0.1f, -0.2f, 0.3f, 0.4f, -0.5f, 0.6f, 0, 0, 0.7f, -0.8f},
    {-0.3f, 0.1f, 0.2f, -0.1f, 0.05f, -0.6f, 0, 0, -0.2f, 0.9f},
    {0.02f, 0.03f, -0.04f, 0.5f, 0.6f, 0.7f, 0, 0, 0.1f, 0.01f},
  };
  private static final double[] RATES = {0.1, 0.05, 0.02};

  @Test
  void adamwEqualsPyTorch() {
    assertThat(after(settings(OptimizerName.ADAMW, 0, false, 0, 1)))
        .containsExactly(
            expected(
                0.427612633,
                -0.182121664,
                -0.0624674633,
                0.655639887,
                -1.06449044,
                -0.0549517944,
                0.0695384741,
                -0.30738917),
            offset(2e-6f));
  }

  @Test
  void lambEqualsTimmWithClippedTrustRatioAndGradientNorm() {
    assertThat(after(settings(OptimizerName.LAMB, 0, false, 1, 1)))
        .containsExactly(
            expected(
                0.469309747,
                -0.226361215,
                -0.0253868178,
                0.697377861,
                -1.10765028,
                -0.0120006539,
                0.0724813789,
                -0.313773423),
            offset(2e-6f));
  }

  @Test
  void lambEqualsTimmWithoutGradientLimit() {
    assertThat(after(settings(OptimizerName.LAMB, 0, false, 0, 1)))
        .containsExactly(
            expected(
                0.466291249,
                -0.220422894,
                -0.0245435424,
                0.69488436,
                -1.10448956,
                -0.0171225574,
                0.0695386901,
                -0.307389289),
            offset(2e-6f));
  }

  @Test
  void lambEqualsTimmWithoutTrustRatioLimit() {
    assertThat(after(settings(OptimizerName.LAMB, 0, false, 1, Double.MAX_VALUE)))
        .containsExactly(
            expected(
                0.471839964,
                -0.225805894,
                -0.0302205849,
                0.693197727,
                -1.10756028,
                -0.0133270863,
                0.0724813789,
                -0.313773423),
            offset(2e-6f));
  }

  @Test
  void sgdEqualsPyTorchPlainWithMomentumAndNesterov() {
    assertThat(after(settings(OptimizerName.SGD, 0, false, 0, 1)))
        .containsExactly(
            expected(
                0.50037998,
                -0.28312096,
                0.0600669235,
                0.748350859,
                -1.15449643,
                0.00575584825,
                0.138000011,
                -0.365199983),
            offset(2e-6f));
    assertThat(after(settings(OptimizerName.SGD, 0.9, false, 0, 1)))
        .containsExactly(
            expected(
                0.497696847,
                -0.271521986,
                0.0377520956,
                0.722562253,
                -1.12012005,
                -0.0202808119,
                0.0987600088,
                -0.332439989),
            offset(2e-6f));
    assertThat(after(settings(OptimizerName.SGD, 0.9, true, 0, 1)))
        .containsExactly(
            expected(
                0.498371959,
                -0.257635385,
                0.00427685725,
                0.678962708,
                -1.0830009,
                -0.0571222268,
                0.0468840115,
                -0.304396003),
            offset(2e-6f));
  }

  @Test
  void aZeroTensorTakesLambsFullStep() {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(new Entry("w", Kind.WEIGHT, Part.BACKBONE, List.of(1, 2), 0, 2)));
    try (Tensor state = Tensor.of(new float[2], 2);
        Tensor gradient = Tensor.of(new float[] {0.25f, -0.5f}, 2);
        Optimizer lamb =
            new Optimizer(
                OptimizerConfig.defaults(OptimizerName.LAMB),
                layout,
                new ReferenceOptimizerKernels())) {
      lamb.step(state, gradient, 0.1);
      assertThat(state.toArray()).containsExactly(new float[] {-0.1f, 0.1f}, offset(1e-6f));
    }
  }

  @Test
  void refusesImpossibleSettings() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new OptimizerConfig(OptimizerName.LAMB, -1, 0.9, 0.999, 1e-6, 0, false, 1, 1))
        .withMessage("optimizer weight-decay: expected a number in [0, 1), found -1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(OptimizerName.SGD, 0, true, 0, 1))
        .withMessage("optimizer nesterov: expected a momentum > 0, found momentum 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OptimizerName.of("adam"))
        .withMessage("optimizer name: expected one of lamb, adamw, sgd, found 'adam'");
  }

  @Test
  void anOptimizerHasTheUsualDefaults() {
    assertThat(OptimizerConfig.defaults(OptimizerName.LAMB))
        .isEqualTo(new OptimizerConfig(OptimizerName.LAMB, 0.05, 0.9, 0.999, 1e-6, 0, false, 1, 1));
    assertThat(OptimizerConfig.defaults(OptimizerName.ADAMW).epsilon())
        .isCloseTo(1e-8, within(0.0));
    assertThat(OptimizerConfig.defaults(OptimizerName.SGD).momentum()).isCloseTo(0.9, within(0.0));
    assertThat(OptimizerName.of("SGD".toLowerCase(Locale.ROOT))).isEqualTo(OptimizerName.SGD);
  }

  /** One step of SGD without momentum: w - factor rate (g + decay w). */
  @Test
  void partsHaveFactorsOfTheRateAndDecayMayBeOnAll() {
    float rate = 0.1f;
    for (DecayOn decayOn : DecayOn.values()) {
      float[] found =
          afterOneStep(OptimizerName.SGD, new ParameterGroups(decayOn, 3, 2), 0.5, rate);
      float onBias = decayOn == DecayOn.ALL ? 0.5f : 0;
      assertThat(found)
          .containsExactly(
              new float[] {
                1 - rate * (0.25f + 0.5f),
                1 - 3 * rate * (0.25f + 0.5f),
                1 - 2 * rate * (0.25f + 0.5f),
                1 - 2 * rate * (0.25f + onBias)
              },
              offset(1e-6f));
    }
  }

  /** A first step of Adam is rate sign(g), and its decay rate * decay * w. */
  @Test
  void adamwHasFactorsAndDecayOnAllToo() {
    float[] found =
        afterOneStep(OptimizerName.ADAMW, new ParameterGroups(DecayOn.ALL, 3, 2), 0.5, 0.01);
    assertThat(found)
        .containsExactly(new float[] {1 - 0.015f, 1 - 0.045f, 1 - 0.03f, 1 - 0.03f}, offset(1e-6f));
  }

  /** LAMB's step is rate |w| sign(direction) for tensors of one value: all decayed ones have it. */
  @Test
  void lambHasATrustRatioOnWhatIsDecayed() {
    ParameterGroups groups = new ParameterGroups(DecayOn.ALL, 3, 2);
    assertThat(afterOneStep(OptimizerName.LAMB, groups, 0.5, 0.01))
        .containsExactly(new float[] {1 - 0.01f, 1 - 0.03f, 1 - 0.02f, 1 - 0.02f}, offset(1e-6f));
    ParameterGroups weights = new ParameterGroups(DecayOn.WEIGHTS, 1, 1);
    assertThat(afterOneStep(OptimizerName.LAMB, weights, 0.5, 0.01)[3])
        .isCloseTo(1 - 0.01f, offset(1e-6f));
  }

  /** Four tensors of value 1 and gradient 0.25: weights of each part, and a bias of the head. */
  private static float[] afterOneStep(
      OptimizerName name, ParameterGroups groups, double decay, double rate) {
    ParameterLayout layout =
        new ParameterLayout(
            List.of(
                new Entry("w", Kind.WEIGHT, Part.BACKBONE, List.of(1, 1), 0, 1),
                new Entry("n", Kind.WEIGHT, Part.NECK, List.of(1, 1), 1, 1),
                new Entry("h", Kind.WEIGHT, Part.HEAD, List.of(1, 1), 2, 1),
                new Entry("b", Kind.BIAS, Part.HEAD, List.of(1), 3, 1)));
    OptimizerConfig config =
        new OptimizerConfig(name, decay, 0.9, 0.999, 1e-8, 0, false, 0, 1, groups, WarmUp.NONE);
    try (Tensor state = Tensor.of(new float[] {1, 1, 1, 1}, 4);
        Tensor gradient = Tensor.of(new float[] {0.25f, 0.25f, 0.25f, 0.25f}, 4);
        Optimizer optimizer = new Optimizer(config, layout, new ReferenceOptimizerKernels())) {
      optimizer.step(state, gradient, rate);
      return state.toArray();
    }
  }

  private static OptimizerConfig settings(
      OptimizerName name, double momentum, boolean nesterov, double norm, double trustRatio) {
    double epsilon = OptimizerConfig.defaults(name).epsilon();
    return new OptimizerConfig(
        name, 0.05, 0.9, 0.999, epsilon, momentum, nesterov, norm, trustRatio);
  }

  private static float[] expected(double... trained) {
    float[] all = new float[10];
    for (int i = 0; i < 6; i++) {
      all[i] = (float) trained[i];
    }
    all[6] = 11;
    all[7] = 12;
    all[8] = (float) trained[6];
    all[9] = (float) trained[7];
    return all;
  }

  private static Optimizer optimizer(OptimizerConfig config) {
    return new Optimizer(config, LAYOUT, new ReferenceOptimizerKernels());
  }

  private static void step(Optimizer optimizer, Tensor state, int index) {
    try (Tensor gradient = Tensor.of(GRADIENTS[index], GRADIENTS[index].length)) {
      optimizer.step(state, gradient, RATES[index]);
    }
  }

  private static float[] after(OptimizerConfig config) {
    try (Tensor state = Tensor.of(START, START.length);
        Optimizer optimizer = optimizer(config)) {
      for (int i = 0; i < GRADIENTS.length; i++) {
        step(optimizer, state, i);
      }
      return state.toArray();
    }
  }
}
