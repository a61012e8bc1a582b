package io.spikeformer.model.block;

import io.spikeformer.model.block.NormalisedConvolution.Folded;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Re-parameterisable convolution (RepConv) with the BN that follows it, C channels to C.
 *
 * <p>1x1 conv, BN, border of one pixel, depthwise 3x3, 1x1 conv, BN, BN. The border holds what BN
 * makes of a zero pixel under its running statistics, and passes no gradient.
 */
final class RepConv implements Projection {
  private static final int WINDOW = 3;

  private final NormalisedConvolution pointwise1;
  private final Convolution depthwise;
  private final NormalisedConvolution pointwise2;
  private final MergedConvolution merged;
  private Drive normalised;
  private float[] border;

  RepConv(Parameters p, String name, int channels) {
    pointwise1 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, name + ".conv1", channels, channels, 1, 1),
            new BatchNorm(p, name + ".bn1", channels));
    depthwise = Convolution.depthwise(p, name + ".dw", channels, WINDOW, 0);
    pointwise2 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, name + ".conv2", channels, channels, 1, 1),
            new BatchNormPair(p, name + ".bn2", name + ".bn3", channels));
    merged = new MergedConvolution(p, name, channels, channels, WINDOW, this::chain);
  }

  /**
   * weight[o, i, tap] = sum over m of pointwise2[o, m] depthwise[m, tap] pointwise1[m, i]. The
   * border is what a pixel of zeros gives, so that zeros around the spikes are right.
   */
  private Folded chain() {
    Folded first = pointwise1.folded();
    Folded last = pointwise2.folded();
    float[] windows = depthwise.weights();
    int channels = depthwise.inputs();
    int taps = WINDOW * WINDOW;
    float[] weight = new float[channels * channels * taps];
    float[] bias = last.bias();
    double[] row = new double[channels * taps];
    for (int o = 0; o < channels; o++) {
      Arrays.fill(row, 0);
      double shift = bias[o];
      for (int m = 0; m < channels; m++) {
        double outer = last.weight()[o * channels + m];
        for (int tap = 0; tap < taps; tap++) {
          double middle = outer * windows[m * taps + tap];
          shift += middle * first.bias()[m];
          for (int i = 0; i < channels; i++) {
            row[tap * channels + i] += middle * first.weight()[m * channels + i];
          }
        }
      }
      bias[o] = (float) shift;
      for (int i = 0; i < row.length; i++) {
        weight[(o * channels + i % channels) * taps + i / channels] = (float) row[i];
      }
    }
    return new Folded(weight, bias);
  }

  @Override
  public List<Convolution> convolutions() {
    List<Convolution> chain = new ArrayList<>(pointwise1.convolutions());
    chain.add(depthwise);
    chain.addAll(pointwise2.convolutions());
    return chain;
  }

  /**
   * s [N,H,W,C] -> its RepConv, as a drive still to be formed, plus a membrane shortcut or null.
   */
  @Override
  public Drive forward(Pass pass, Tensor s, Tensor shortcut) {
    if (merged.runs(pass)) {
      return merged.forward(pass, s, shortcut);
    }
    normalised = pointwise1.forward(pass, s);
    border = new float[s.channels()];
    pointwise1.output().runningCoefficients(new float[s.channels()], border);
    Tensor padded = padded(pass);
    Tensor y2 = depthwise.forward(pass, padded);
    pass.give(padded);
    pass.done(normalised.value());
    Drive x2 = pointwise2.forward(pass, y2, shortcut);
    pass.give(y2);
    return x2;
  }

  private Tensor padded(Pass pass) {
    Tensor y1 = normalised.value();
    int images = (int) y1.size(0);
    int height = (int) y1.size(1);
    int width = (int) y1.size(2);
    Tensor padded = pass.product(images, height + 2L, width + 2L, y1.channels());
    pass.kernels().pad(normalised, images, height, width, border, padded);
    return padded;
  }

  /** Where the gradient sums of the output go, before {@link #backward}. */
  @Override
  public Normalisation output() {
    return pointwise2.output();
  }

  /** From the gradient of the output in its own buffer, which is given back, to ds. */
  @Override
  public Tensor backward(Pass pass, Tensor dx) {
    // both depthwise tensors are cheaper to compute again than to keep
    Tensor padded = padded(pass);
    Tensor y2 = depthwise.forward(pass, padded);
    Tensor dy2 = pointwise2.backward(pass, y2, dx);
    pass.give(y2);
    return throughDepthwise(pass, padded, dy2);
  }

  /** As {@link #backward} from the gradient of a membrane potential, which is left as it is. */
  @Override
  public Tensor backwardFromMembrane(Pass pass, Tensor dU) {
    Tensor padded = padded(pass);
    Tensor y2 = depthwise.forward(pass, padded);
    Tensor dy2 = pointwise2.backwardFromMembrane(pass, y2, dU);
    pass.give(y2);
    return throughDepthwise(pass, padded, dy2);
  }

  private Tensor throughDepthwise(Pass pass, Tensor padded, Tensor dy2) {
    Tensor dPadded = depthwise.backward(pass, padded, dy2);
    pass.give(padded);
    int images = (int) dPadded.size(0);
    int height = (int) dPadded.size(1) - 2;
    int width = (int) dPadded.size(2) - 2;
    Tensor dx1 = pass.product(images, height, width, dPadded.channels());
    pass.kernels().crop(dPadded, images, height, width, dx1);
    pass.give(dPadded);
    pointwise1.output().sum(pass, dx1);
    return pointwise1.backward(pass, dx1);
  }
}
