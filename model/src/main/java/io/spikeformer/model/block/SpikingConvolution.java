package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * Conv(SN(x)) with a bias, or BN(Conv(SN(x))): what necks and heads of dense prediction are made
 * of.
 */
final class SpikingConvolution {
  private final SpikingNeurons neurons;
  private final Convolution convolution;
  // null without a normalisation
  private final BatchNorm norm;
  private final NormalisedConvolution normalised;
  private Tensor spikes;
  // the product, if it stays until the backward pass
  private Tensor product;

  private SpikingConvolution(
      Parameters p, SpikingNeurons neurons, Convolution convolution, BatchNorm norm) {
    this.neurons = neurons;
    this.convolution = convolution;
    this.norm = norm;
    normalised = norm == null ? null : new NormalisedConvolution(p, convolution, norm);
    if (norm == null) {
      p.addPlain(convolution.weight());
    }
  }

  /**
   * A convolution of a block.
   *
   * @param name within the block
   * @param maps where its outputs are, for each time that it runs
   */
  SpikingConvolution(
      Parameters p,
      Layers layers,
      String name,
      NeuronConfig neuron,
      Window window,
      Norm norm,
      OutputMap... maps) {
    this(
        p,
        SpikingNeurons.of(layers.name(name), neuron),
        Convolution.xavier(p, name, window, norm),
        norm == Norm.NONE ? null : new BatchNorm(p, name + ".bn", window.outputs()));
    layers.add(counted(layers.name(name), List.of(maps)));
  }

  /**
   * A layer that reads whole maps of spikes [N, side, side, inputs] and gives [N, 1, 1, outputs].
   */
  static SpikingConvolution fullyConnected(
      Parameters p,
      Layers layers,
      String name,
      NeuronConfig neuron,
      Window window,
      Norm norm,
      OutputMap map) {
    SpikingConvolution layer =
        new SpikingConvolution(
            p,
            SpikingNeurons.of(layers.name(name), neuron),
            Convolution.fullyConnected(p, name, window, norm),
            norm == Norm.NONE ? null : new BatchNorm(p, name + ".bn", window.outputs()));
    layers.add(layer.counted(layers.name(name), List.of(map)).called("linear"));
    return layer;
  }

  private CountedLayer counted(String layer, List<OutputMap> maps) {
    CountedLayer counted = CountedLayer.of(layer, maps.get(0), List.of(convolution)).on(maps);
    return norm == null ? counted.withoutNorm() : counted;
  }

  /** The same layer for another call in a pass: its parameters, and a state of its own. */
  SpikingConvolution again(Parameters p) {
    return new SpikingConvolution(
        p, neurons.again(), convolution.again(), norm == null ? null : norm.again());
  }

  /** Channels, side and stride of a convolution's window. */
  record Window(int inputs, int outputs, int side, int stride) {
    Window(int inputs, int outputs, int side) {
      this(inputs, outputs, side, 1);
    }
  }

  /** The output as a drive still to be formed; x, which the way back needs, is left. */
  Drive forward(Pass pass, Drive x) {
    Drive y = run(pass, x);
    product = y.value();
    return y;
  }

  private Drive run(Pass pass, Drive x) {
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
    Drive y = run(pass, x);
    if (isMembrane(y)) {
      product = null;
      return y.value();
    }
    Tensor u = pass.membrane(y.value().shape());
    pass.kernels().affine(y, u);
    giveBack(pass, y);
    return u;
  }

  /**
   * As {@link #membrane}, plus maps of other sizes, each resampled to this one's; they are left.
   */
  Tensor membranePlus(Pass pass, Drive x, Resampling.Kind kind, List<Tensor> maps) {
    Drive y = run(pass, x);
    if (isMembrane(y)) {
      product = null;
      pass.kernels().sumResampled(y, maps, kind, y.value());
      return y.value();
    }
    Tensor u = pass.membrane(y.value().shape());
    pass.kernels().sumResampled(y, maps, kind, u);
    giveBack(pass, y);
    return u;
  }

  private static boolean isMembrane(Drive y) {
    return y.scale() == null && y.value().type() == DataType.FLOAT32;
  }

  private void giveBack(Pass pass, Drive y) {
    if (normalised == null) {
      product = null;
      pass.give(y.value());
    } else {
      product = y.value();
      pass.done(y.value());
    }
  }

  /** From the gradient of the output, which is left as it is, to that of x, both float32. */
  Tensor backward(Pass pass, Tensor dOutput) {
    Tensor ds = throughConvolution(pass, dOutput);
    if (product != null) {
      pass.spent(product);
      product = null;
    }
    return neurons.backwardMembrane(pass, ds);
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
