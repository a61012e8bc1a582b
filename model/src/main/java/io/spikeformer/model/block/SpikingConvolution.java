package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * Conv(SN(x)) with a bias, or BN(Conv(SN(x))): what necks and heads of dense prediction are made
 * of.
 */
final class SpikingConvolution {
  private final SpikingNeurons neurons;
  private final Convolution convolution;
  private final NormalisedConvolution normalised;
  private Tensor spikes;

  /**
   * A convolution of a block.
   *
   * @param name within the block
   * @param map where its outputs are
   */
  SpikingConvolution(
      Parameters p,
      Layers layers,
      String name,
      NeuronConfig neuron,
      Form form,
      Norm norm,
      OutputMap map) {
    String layer = layers.name(name);
    neurons = SpikingNeurons.of(layer, neuron);
    convolution = Convolution.xavier(p, name, form, norm);
    normalised =
        norm == Norm.NONE
            ? null
            : new NormalisedConvolution(
                p, convolution, new BatchNorm(p, name + ".bn", form.outputs()));
    CountedLayer counted = CountedLayer.of(layer, map, List.of(convolution));
    layers.add(norm == Norm.NONE ? counted.withoutNorm() : counted);
  }

  /** Channels and window of a convolution. */
  record Form(int inputs, int outputs, int window) {}

  /** The output as a drive still to be formed; x, which the way back needs, is left. */
  Drive forward(Pass pass, Drive x) {
    spikes = neurons.fire(pass, x);
    Drive y =
        normalised == null
            ? Drive.of(convolution.forward(pass, spikes))
            : normalised.forward(pass, spikes);
    pass.done(spikes);
    return y;
  }

  /** As {@link #forward}, as a float32 map. */
  Tensor membrane(Pass pass, Drive x) {
    Drive y = forward(pass, x);
    if (normalised == null && y.value().type() == DataType.FLOAT32) {
      return y.value();
    }
    Tensor u = pass.membrane(y.value().shape());
    pass.kernels().affine(y, u);
    if (normalised == null) {
      pass.give(y.value());
    } else {
      pass.done(y.value());
    }
    return u;
  }

  /** From the gradient of the output, which is left as it is, to that of x, both float32. */
  Tensor backward(Pass pass, Tensor dOutput) {
    Tensor ds = throughConvolution(pass, dOutput);
    Tensor dx = pass.membrane(spikes.shape());
    neurons.backwardInto(pass, ds, dx);
    return dx;
  }

  private Tensor throughConvolution(Pass pass, Tensor dOutput) {
    if (normalised != null) {
      normalised.output().sum(pass, dOutput);
      return normalised.backwardFromMembrane(pass, dOutput);
    }
    if (pass.productType() == dOutput.type()) {
      return convolution.backwardFrom(pass, dOutput);
    }
    Tensor dy = pass.product(dOutput.shape());
    pass.kernels().affine(Drive.of(dOutput), dy);
    return convolution.backward(pass, dy);
  }
}
