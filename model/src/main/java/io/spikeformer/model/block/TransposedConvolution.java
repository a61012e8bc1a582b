package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/**
 * A transposed convolution that doubles a map, with 2x2 windows side by side: [N, H, W, inputs] to
 * [N, 2H, 2W, outputs],
 *
 * <pre>
 * y[n, 2h + i, 2w + j, o] = bias[o] + sum over c of x[n, h, w, c] * weight[c, o, i, j]
 * </pre>
 *
 * <p>It is the way back of the convolution from y to x, so the kernels of convolutions compute it.
 */
final class TransposedConvolution {
  private static final int SIDE = 2;

  private final Parameter weight;
  private final Parameter bias;
  private final int inputs;
  private final int outputs;
  private Tensor input;

  /** With Xavier uniform weights and a bias of zeros. */
  TransposedConvolution(Parameters p, String name, int inputs, int outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    long fan = (long) SIDE * SIDE * (inputs + outputs);
    weight =
        p.declare(
            name + ".weight",
            Kind.WEIGHT,
            Initialisation.XAVIER_UNIFORM,
            fan,
            inputs,
            outputs,
            SIDE,
            SIDE);
    p.addPlain(weight);
    bias = p.declare(name + ".bias", Kind.BIAS, Initialisation.ZERO, fan, outputs);
  }

  /** Its operation, for accounts. */
  Operation operation() {
    return new Operation("transposed 2x2 convolution", (long) inputs * outputs);
  }

  /** The convolution from y to x. */
  private ConvolutionShape shape(Tensor x) {
    return new ConvolutionShape(
        (int) x.size(0),
        SIDE * (int) x.size(1),
        SIDE * (int) x.size(2),
        outputs,
        inputs,
        SIDE,
        SIDE,
        0,
        false);
  }

  /** The output, its bias still to be added; x, numbers or spikes, is kept for the way back. */
  Drive forward(Pass pass, Tensor x) {
    input = x;
    return of(pass, x);
  }

  /** As {@link #forward}, for some images of an x that was kept. */
  Drive again(Pass pass, Tensor some) {
    return of(pass, some);
  }

  private Drive of(Pass pass, Tensor x) {
    Tensor y = pass.product(x.size(0), SIDE * x.size(1), SIDE * x.size(2), outputs);
    pass.kernels().convolutionBackwardData(shape(x), x, weight.value(), y);
    float[] ones = new float[outputs];
    Arrays.fill(ones, 1);
    return Drive.affine(y, ones, bias.value().toArray());
  }

  /** Fills the gradients of weights and bias and returns dx; dy is left as it is. */
  Tensor backward(Pass pass, Tensor dy) {
    ConvolutionShape shape = shape(input);
    pass.kernels().convolutionBackwardWeights(shape, dy, input, weight.gradient(), null);
    ChannelSums sums = new ChannelSums(outputs);
    pass.kernels().gradientSums(dy, dy, new float[outputs], sums);
    float[] dBias = new float[outputs];
    for (int o = 0; o < outputs; o++) {
      dBias[o] = (float) sums.gradient()[o];
    }
    bias.gradient().put(dBias);
    Tensor dx = pass.product(input.shape());
    pass.kernels().convolution(shape, dy, weight.value(), null, dx);
    return dx;
  }
}
