package io.spikeformer.model.block;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** U' = BN(Conv(SN(U))); the stem convolves the image itself: U' = BN(Conv(X)). */
final class Downsampling extends Block {
  private final SpikingNeurons neurons;
  private final Convolution convolution;
  private final BatchNorm norm;

  Downsampling(MetaSpikeFormerConfig config, BlockSpec spec) {
    neurons = spec.first() ? null : SpikingNeurons.of(spec.name(), config.neuron());
    convolution =
        Convolution.denseWithBias(
            parameters(), "conv", spec.inputs(), spec.outputs(), spec.window(), spec.stride());
    norm = new BatchNorm(parameters(), "bn", spec.outputs());
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    Tensor y =
        convolution.forward(
            pass, neurons == null ? image(pass, u) : neurons.fire(pass, Drive.of(u)));
    Tensor output = pass.membrane(y.shape());
    pass.kernels().affine(norm.normalise(pass, y), output);
    return output;
  }

  /** The image in the products' number format. */
  private static Tensor image(Pass pass, Tensor x) {
    if (x.type() == pass.productType()) {
      return x;
    }
    Tensor image = pass.product(x.shape());
    pass.kernels().affine(Drive.of(x), image);
    return image;
  }

  @Override
  Tensor runBackward(Pass pass, Tensor dOutput) {
    norm.sum(pass, dOutput);
    Tensor dy = norm.backward(pass, dOutput);
    pass.give(dOutput);
    if (neurons == null) {
      convolution.backwardWeights(pass, dy);
      pass.give(dy);
      return null;
    }
    Tensor ds = convolution.backward(pass, dy);
    Tensor dU = pass.membrane(ds.shape());
    neurons.backwardInto(pass, ds, dU);
    return dU;
  }
}
