package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Normalised convolutions with neurons between them: BN(Conv(SN(BN(Conv(s))))), for any number.
 *
 * <p>The channel convolution (Eq. 10), the channel MLP (Eq. 14), the residual functions of ResNets
 * and the SepConv of E-SpikeFormer are of this form.
 */
final class ConvolutionBranch implements Branch {
  private final List<NormalisedConvolution> convolutions = new ArrayList<>();
  // in front of all convolutions except the first
  private final List<SpikingNeurons> neurons = new ArrayList<>();
  private final Parameters parameters;
  private final Layers layers;
  private final NeuronConfig neuron;
  private OutputMap map = OutputMap.SAME;
  private String reads;

  /** An empty branch of a block. */
  ConvolutionBranch(Parameters parameters, Layers layers, NeuronConfig neuron) {
    this.parameters = parameters;
    this.layers = layers;
    this.neuron = neuron;
  }

  /** Appends a convolution without a bias, and BN. */
  ConvolutionBranch then(String name, int inputs, int outputs, int window, int stride) {
    Convolution dense = Convolution.dense(parameters, name, inputs, outputs, window, stride);
    append(name, dense);
    layers.add(CountedLayer.of(layers.name(name), map, List.of(dense)));
    return this;
  }

  /** Appends a 1x1 convolution with a bias, and BN. */
  ConvolutionBranch thenLinear(String name, int inputs, int outputs) {
    Convolution linear = Convolution.denseWithBias(parameters, name, inputs, outputs, 1, 1);
    append(name, linear);
    layers.add(CountedLayer.of(layers.name(name), map, List.of(linear)).called("linear"));
    return this;
  }

  /** Appends a depthwise convolution padded to keep the size, and BN. */
  ConvolutionBranch thenDepthwise(String name, int channels, int window) {
    Convolution depthwise = Convolution.depthwise(parameters, name, channels, window, window / 2);
    append(name, depthwise);
    layers.add(CountedLayer.of(layers.name(name), map, List.of(depthwise)));
    return this;
  }

  /** SepConv with neurons and BN around each of its convolutions (E-SpikeFormer). */
  static ConvolutionBranch separable(
      Parameters parameters, Layers layers, NeuronConfig neuron, int width, int window) {
    int hidden = SEPARABLE_RATIO * width;
    return new ConvolutionBranch(parameters, layers, neuron)
        .then("pointwise1", width, hidden, 1, 1)
        .thenDepthwise("depthwise", hidden, window)
        .then("pointwise2", hidden, width, 1, 1);
  }

  private void append(String name, Convolution convolution) {
    if (convolutions.isEmpty()) {
      reads = layers.name(name);
    } else {
      neurons.add(SpikingNeurons.of(layers.name(name), neuron));
    }
    BatchNorm norm = new BatchNorm(parameters, name + ".bn", convolution.outputs());
    convolutions.add(new NormalisedConvolution(parameters, convolution, norm));
    map = map.behind(convolution);
  }

  @Override
  public String reads() {
    return reads;
  }

  private int last() {
    return convolutions.size() - 1;
  }

  @Override
  public Drive forward(Pass pass, Tensor s, Tensor shortcut) {
    Tensor spikes = s;
    for (int i = 0; i < last(); i++) {
      Drive hidden = convolutions.get(i).forward(pass, spikes);
      pass.done(spikes);
      spikes = neurons.get(i).fire(pass, hidden);
      pass.done(hidden.value());
    }
    Drive output = convolutions.get(last()).forward(pass, spikes, shortcut);
    pass.done(spikes);
    return output;
  }

  @Override
  public Normalisation output() {
    return convolutions.get(last()).output();
  }

  @Override
  public Tensor backward(Pass pass, Tensor dx) {
    return throughHidden(pass, convolutions.get(last()).backward(pass, dx));
  }

  @Override
  public Tensor backwardFromMembrane(Pass pass, Tensor dU) {
    return throughHidden(pass, convolutions.get(last()).backwardFromMembrane(pass, dU));
  }

  private Tensor throughHidden(Pass pass, Tensor dLast) {
    Tensor ds = dLast;
    for (int i = last() - 1; i >= 0; i--) {
      neurons.get(i).backward(pass, ds, convolutions.get(i).output());
      ds = convolutions.get(i).backward(pass, ds);
    }
    return ds;
  }
}
