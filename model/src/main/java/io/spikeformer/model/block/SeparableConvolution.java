package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.NormalisedConvolution.Folded;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/** SepConv (paper, Eq. 8) behind its first neurons: BN(Conv_pw2(Conv_dw(SN(BN(Conv_pw1(s)))))). */
final class SeparableConvolution implements Branch {
  private final String reads;
  private final NormalisedConvolution pointwise1;
  private final SpikingNeurons depthwiseNeurons;
  private final Convolution depthwise;
  private final NormalisedConvolution pointwise2;
  private final MergedConvolution merged;
  private Tensor sHidden;

  SeparableConvolution(Parameters p, Layers layers, int width, NeuronConfig neuron) {
    int hidden = SEPARABLE_RATIO * width;
    reads = layers.name("pointwise1");
    Convolution expansion = Convolution.dense(p, "pointwise1", width, hidden, 1, 1);
    pointwise1 = new NormalisedConvolution(p, expansion, new BatchNorm(p, "pointwise1.bn", hidden));
    layers.add(CountedLayer.of(reads, OutputMap.SAME, List.of(expansion)));
    String hiddenName = layers.name("depthwise_pointwise2");
    depthwiseNeurons = SpikingNeurons.of(hiddenName, neuron);
    depthwise = Convolution.depthwise(p, "depthwise", hidden, 7, 3);
    Convolution projection = Convolution.dense(p, "pointwise2", hidden, width, 1, 1);
    pointwise2 = new NormalisedConvolution(p, projection, new BatchNorm(p, "pointwise2.bn", width));
    layers.add(CountedLayer.of(hiddenName, OutputMap.SAME, List.of(depthwise, projection)));
    merged = new MergedConvolution(p, "depthwise_pointwise2", hidden, width, 7, this::chain);
  }

  /** weight[o, i, tap] = pointwise2[o, i] depthwise[i, tap]. */
  private Folded chain() {
    Folded last = pointwise2.folded();
    float[] windows = depthwise.weights();
    int hidden = depthwise.inputs();
    int taps = windows.length / hidden;
    float[] weight = new float[last.weight().length * taps];
    for (int i = 0; i < weight.length; i++) {
      int pair = i / taps;
      weight[i] = last.weight()[pair] * windows[pair % hidden * taps + i % taps];
    }
    return new Folded(weight, last.bias());
  }

  @Override
  public String reads() {
    return reads;
  }

  @Override
  public Drive forward(Pass pass, Tensor s, Tensor shortcut) {
    Drive hidden = pointwise1.forward(pass, s);
    pass.done(s);
    sHidden = depthwiseNeurons.fire(pass, hidden);
    pass.done(hidden.value());
    if (merged.runs(pass)) {
      Drive output = merged.forward(pass, sHidden, shortcut);
      pass.done(sHidden);
      return output;
    }
    Tensor yDepthwise = depthwise.forward(pass, sHidden);
    pass.done(sHidden);
    Drive output = pointwise2.forward(pass, yDepthwise, shortcut);
    pass.give(yDepthwise);
    return output;
  }

  @Override
  public Normalisation output() {
    return pointwise2.output();
  }

  @Override
  public Tensor backward(Pass pass, Tensor dx) {
    // cheaper to compute again than to keep
    Tensor yDepthwise = depthwise.forward(pass, sHidden);
    return throughDepthwise(pass, yDepthwise, pointwise2.backward(pass, yDepthwise, dx));
  }

  @Override
  public Tensor backwardFromMembrane(Pass pass, Tensor dU) {
    Tensor yDepthwise = depthwise.forward(pass, sHidden);
    return throughDepthwise(
        pass, yDepthwise, pointwise2.backwardFromMembrane(pass, yDepthwise, dU));
  }

  private Tensor throughDepthwise(Pass pass, Tensor yDepthwise, Tensor dDepthwise) {
    pass.give(yDepthwise);
    Tensor dHidden = depthwise.backward(pass, sHidden, dDepthwise);
    depthwiseNeurons.backward(pass, dHidden, pointwise1.output());
    return pointwise1.backward(pass, dHidden);
  }
}
