package io.spikeformer.model.block;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** U' = BN(Conv(SN(U))); the stem convolves the image itself: U' = BN(Conv(X)). */
final class Downsampling extends Block {
  private final SpikingNeurons neurons;
  private final NormalisedConvolution convolution;

  Downsampling(MetaSpikeFormerConfig config, BlockSpec spec) {
    neurons = spec.first() ? null : SpikingNeurons.of(spec.name(), config.neuron());
    Parameters p = parameters();
    convolution =
        new NormalisedConvolution(
            p,
            Convolution.denseWithBias(
                p, "conv", spec.inputs(), spec.outputs(), spec.window(), spec.stride()),
            new BatchNorm(p, "bn", spec.outputs()));
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    Tensor x = neurons == null ? image(pass, u) : neurons.fire(pass, Drive.of(u));
    Drive drive = convolution.forward(pass, x);
    Tensor output = pass.membrane(drive.value().shape());
    pass.kernels().affine(drive, output);
    pass.done(drive.value());
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
    convolution.output().sum(pass, dOutput);
    if (neurons == null) {
      convolution.backwardWeightsFromMembrane(pass, dOutput);
      pass.give(dOutput);
      return null;
    }
    Tensor ds = convolution.backwardFromMembrane(pass, dOutput);
    pass.give(dOutput);
    Tensor dU = pass.membrane(ds.shape());
    neurons.backwardInto(pass, ds, dU);
    return dU;
  }
}
