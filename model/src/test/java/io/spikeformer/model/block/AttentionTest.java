package io.spikeformer.model.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.config.Surrogate;
import io.spikeformer.model.kernel.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The four SDSA operators at T = 1 against their formulas written out, one head after the other.
 */
class AttentionTest {
  private static final int IMAGES = 2;
  private static final int SIDE = 4;
  private static final int TOKENS = SIDE * SIDE;
  private static final int CHANNELS = 12;
  private static final int HEADS = 3;
  private static final int WIDTH = CHANNELS / HEADS;
  private static final double ALPHA = NeuronConfig.PAPER.alpha();

  private static SpikeDrivenSelfAttention operator(
      Parameters parameters, AttentionOperator attention) {
    BlockSpec.Transformer spec =
        new BlockSpec.Transformer(
            "block",
            "before",
            CHANNELS,
            HEADS,
            attention,
            Structure.ProjectionKind.REPCONV,
            Structure.ProjectionKind.REPCONV,
            BlockSpec.Bias.ABSENT,
            Shortcut.MEMBRANE,
            Structure.TransformerForm.META);
    return SpikeDrivenSelfAttention.of(
        parameters, new Layers(spec.name()), spec, NeuronConfig.PAPER);
  }

  private static double slope(double distance) {
    return Surrogate.SIGMOID.derivative(distance, ALPHA);
  }

  private static int at(int image, int token, int channel) {
    return (image * TOKENS + token) * CHANNELS + channel;
  }

  @ParameterizedTest
  @EnumSource(
      value = AttentionOperator.class,
      names = {"SDSA_3", "SDSA_4"})
  void productAttentionIsTheThresholdedProduct(AttentionOperator attention) {
    try (Bench bench = new Bench()) {
      Parameters parameters = new Parameters();
      SpikeDrivenSelfAttention operator = operator(parameters, attention);
      bench.bind(parameters);
      Tensor q = bench.spikes(0.5, IMAGES, SIDE, SIDE, CHANNELS);
      Tensor k = bench.spikes(0.4, IMAGES, SIDE, SIDE, CHANNELS);
      Tensor v = bench.spikes(0.3, IMAGES, SIDE, SIDE, CHANNELS);
      float[] dOut = bench.noise(IMAGES * TOKENS * CHANNELS);
      Pass pass = bench.training(1);

      float[] output = operator.forward(pass, q, k, v).toArray();
      Tensor gradient = bench.copy(q);
      gradient.put(dOut);
      SpikeDrivenSelfAttention.Gradients gradients = operator.backward(pass, gradient);

      Expected expected = new Expected(q.toArray(), k.toArray(), v.toArray(), dOut);
      assertThat(output).isEqualTo(expected.output);
      assertThat(Bench.dot(output, output)).isBetween(1.0, output.length - 1.0);
      assertThat(gradients.query().toArray()).containsExactly(expected.dQuery, within(1e-4f));
      assertThat(gradients.key().toArray()).containsExactly(expected.dKey, within(1e-4f));
      assertThat(gradients.value().toArray()).containsExactly(expected.dValue, within(1e-4f));
      if (attention == AttentionOperator.SDSA_4) {
        assertThat((double) parameters.all().get(0).gradient().get(0))
            .isCloseTo(expected.dThreshold, within(1e-3));
      }
    }
  }

  /** SN(0.125 Q (K^T V)) with threshold 0.5, and its gradients, by plain sums. */
  private static final class Expected {
    private final float[] output = new float[IMAGES * TOKENS * CHANNELS];
    private final float[] dQuery = new float[output.length];
    private final float[] dKey = new float[output.length];
    private final float[] dValue = new float[output.length];
    private double dThreshold;

    Expected(float[] q, float[] k, float[] v, float[] dOut) {
      for (int n = 0; n < IMAGES; n++) {
        for (int head = 0; head < HEADS; head++) {
          head(n, head * WIDTH, q, k, v, dOut);
        }
      }
    }

    private void head(int n, int first, float[] q, float[] k, float[] v, float[] dOut) {
      double[][] kv = new double[WIDTH][WIDTH];
      double[][] dKv = new double[WIDTH][WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        for (int j = 0; j < WIDTH; j++) {
          for (int l = 0; l < TOKENS; l++) {
            kv[i][j] += k[at(n, l, first + i)] * v[at(n, l, first + j)];
          }
        }
      }
      for (int l = 0; l < TOKENS; l++) {
        for (int j = 0; j < WIDTH; j++) {
          double y = 0;
          for (int i = 0; i < WIDTH; i++) {
            y += q[at(n, l, first + i)] * kv[i][j];
          }
          int out = at(n, l, first + j);
          output[out] = 0.125 * y >= 0.5 ? 1 : 0;
          double through = dOut[out] * slope(0.125 * y - 0.5);
          dThreshold -= through;
          for (int i = 0; i < WIDTH; i++) {
            dQuery[at(n, l, first + i)] += (float) (0.125 * through * kv[i][j]);
            dKv[i][j] += 0.125 * through * q[at(n, l, first + i)];
          }
        }
      }
      for (int l = 0; l < TOKENS; l++) {
        for (int i = 0; i < WIDTH; i++) {
          for (int j = 0; j < WIDTH; j++) {
            dKey[at(n, l, first + i)] += (float) (dKv[i][j] * v[at(n, l, first + j)]);
            dValue[at(n, l, first + j)] += (float) (dKv[i][j] * k[at(n, l, first + i)]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = AttentionOperator.class,
      names = {"SDSA_1", "SDSA_2"})
  void maskAttentionKeepsOrSilencesChannelsOfTheValues(AttentionOperator attention) {
    boolean usesKeys = attention == AttentionOperator.SDSA_1;
    try (Bench bench = new Bench()) {
      SpikeDrivenSelfAttention operator = operator(new Parameters(), attention);
      Tensor q = bench.spikes(0.05, IMAGES, SIDE, SIDE, CHANNELS);
      Tensor k = usesKeys ? bench.spikes(0.9, IMAGES, SIDE, SIDE, CHANNELS) : null;
      Tensor v = bench.spikes(0.5, IMAGES, SIDE, SIDE, CHANNELS);
      float[] dOut = bench.noise(IMAGES * TOKENS * CHANNELS);
      Pass pass = bench.training(1);

      float[] output = operator.forward(pass, q, k, v).toArray();
      Tensor gradient = bench.copy(q);
      gradient.put(dOut);
      SpikeDrivenSelfAttention.Gradients gradients = operator.backward(pass, gradient);

      float[] qs = q.toArray();
      float[] ks = usesKeys ? k.toArray() : null;
      float[] vs = v.toArray();
      float[] dQ = gradients.query().toArray();
      float[] dV = gradients.value().toArray();
      int silent = 0;
      for (int n = 0; n < IMAGES; n++) {
        for (int c = 0; c < CHANNELS; c++) {
          double sum = 0;
          double dMask = 0;
          for (int l = 0; l < TOKENS; l++) {
            int i = at(n, l, c);
            sum += qs[i] * (usesKeys ? ks[i] : 1);
            dMask += dOut[i] * vs[i];
          }
          float mask = sum >= 0.5 ? 1 : 0;
          silent += mask == 0 ? 1 : 0;
          double dSum = dMask * slope(sum - 0.5);
          for (int l = 0; l < TOKENS; l++) {
            int i = at(n, l, c);
            assertThat(output[i]).isEqualTo(mask * vs[i]);
            assertThat(dV[i]).isCloseTo(mask * dOut[i], within(1e-6f));
            assertThat((double) dQ[i]).isCloseTo(dSum * (usesKeys ? ks[i] : 1), within(1e-5));
            if (usesKeys) {
              assertThat((double) gradients.key().get(i)).isCloseTo(dSum * qs[i], within(1e-5));
            }
          }
        }
      }
      assertThat(silent).isBetween(1, IMAGES * CHANNELS - 1);
    }
  }

  @Test
  void attentionWithoutKeysHasNoGradientForThem() {
    try (Bench bench = new Bench()) {
      SpikeDrivenSelfAttention operator = operator(new Parameters(), AttentionOperator.SDSA_2);
      Pass pass = bench.training(1);
      Tensor output =
          operator.forward(
              pass,
              bench.spikes(0.5, 1, SIDE, SIDE, CHANNELS),
              null,
              bench.spikes(0.5, 1, SIDE, SIDE, CHANNELS));
      assertThat(operator.backward(pass, bench.copy(output)).key()).isNull();
    }
  }
}
