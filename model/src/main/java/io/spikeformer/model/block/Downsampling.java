package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.BlockSpec.Firing;
import io.spikeformer.model.config.BlockSpec.Pooling;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * A convolution between resolutions: U' = BN(Conv(SN(U))); the stem convolves the image itself: U'
 * = BN(Conv(X)).
 *
 * <p>Where blocks hand spikes on, the neurons are behind: S' = SN(BN(Conv(S))). Either may be
 * followed by the maximum of 3x3 windows, as in the patch splitting of Spikformer and the stem of
 * SEW-ResNet.
 */
final class Downsampling extends SingleInputBlock {
  private static final PoolingWindow POOLED = new PoolingWindow(3, 2, 1);

  private final BlockSpec.Downsampling spec;
  private final SpikingNeurons neurons;
  private final NormalisedConvolution convolution;
  private Tensor unpooled;

  Downsampling(NeuronConfig neuron, BlockSpec.Downsampling spec) {
    super(spec.name());
    this.spec = spec;
    neurons =
        switch (spec.firing()) {
          case BEFORE -> SpikingNeurons.of(spec.name(), neuron);
          case AFTER -> SpikingNeurons.unnamed(neuron);
          case NOWHERE -> null;
        };
    Parameters p = parameters();
    int inputs = spec.inputs();
    int outputs = spec.outputs();
    Convolution dense =
        spec.bias() == Bias.PRESENT
            ? Convolution.denseWithBias(p, "conv", inputs, outputs, spec.window(), spec.stride())
            : Convolution.dense(p, "conv", inputs, outputs, spec.window(), spec.stride());
    convolution = new NormalisedConvolution(p, dense, new BatchNorm(p, "bn", outputs));
    declare()
        .add(
            CountedLayer.of(spec.name(), OutputMap.SAME.behind(dense), List.of(dense))
                .reading(spec.first() ? null : spec.name()));
  }

  @Override
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    if (!spec.first() && spec.firing() != Firing.BEFORE) {
      reads.accept(spec.name(), received);
    }
    return 1;
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    Tensor read = input(pass, u);
    Drive drive = convolution.forward(pass, read);
    if (read != u) {
      pass.done(read);
    }
    Tensor output = pass.membrane(drive.value().shape());
    if (spec.firing() == Firing.AFTER) {
      neurons.fireInto(pass, drive, output);
    } else {
      pass.kernels().affine(drive, output);
    }
    pass.done(drive.value());
    return spec.pooling() == Pooling.MAX ? pool(pass, output) : output;
  }

  private Tensor pool(Pass pass, Tensor x) {
    unpooled = x;
    Tensor y =
        pass.membrane(
            x.size(0), POOLED.outputSize(x.size(1)), POOLED.outputSize(x.size(2)), x.channels());
    pass.kernels().maxPool(POOLED, x, y);
    pass.done(x);
    return y;
  }

  private Tensor input(Pass pass, Tensor u) {
    if (spec.first()) {
      return image(pass, u);
    }
    if (spec.firing() == Firing.BEFORE) {
      return neurons.fire(pass, Drive.of(u));
    }
    SpikeSums.count(pass, spec.name(), u);
    return SpikeSums.factor(pass, u);
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
  Tensor backwardInput(Pass pass, Tensor dOutput) {
    Tensor d = spec.pooling() == Pooling.MAX ? unpool(pass, dOutput) : dOutput;
    if (spec.firing() == Firing.AFTER) {
      neurons.backward(pass, d, convolution.output());
    } else {
      convolution.output().sum(pass, d);
    }
    if (spec.first()) {
      convolution.backwardWeightsFromMembrane(pass, d);
      pass.give(d);
      return null;
    }
    Tensor ds = convolution.backwardFromMembrane(pass, d);
    pass.give(d);
    if (spec.firing() == Firing.BEFORE) {
      return neurons.backwardMembrane(pass, ds);
    }
    Tensor dU = pass.membrane(ds.shape());
    pass.kernels().affine(Drive.of(ds), dU);
    pass.give(ds);
    return dU;
  }

  private Tensor unpool(Pass pass, Tensor dOutput) {
    Tensor d = pass.membrane(unpooled.shape());
    pass.kernels().maxPoolBackward(POOLED, unpooled, dOutput, d);
    pass.give(dOutput);
    return d;
  }
}
