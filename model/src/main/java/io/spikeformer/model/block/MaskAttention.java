package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * SDSA-1 and SDSA-2: channels of V are kept or silenced by a mask m [N, C].
 *
 * <p>SDSA-1: m = SN(sum over tokens of Q*K); SDSA-2: m = SN(sum over tokens of Q). Output m * V,
 * which are spikes.
 */
final class MaskAttention implements SpikeDrivenSelfAttention {
  private static final double THRESHOLD = 0.5;

  private final String block;
  private final boolean usesKeys;
  private final SpikingNeurons neurons;
  private Tensor query;
  private Tensor key;
  private Tensor value;
  private Tensor mask;

  MaskAttention(Layers layers, BlockSpec.Transformer spec, NeuronConfig neuron) {
    block = spec.name();
    usesKeys = spec.attention().usesKeys();
    String name = layers.name("mask");
    neurons = SpikingNeurons.scaled(name, neuron, 1, THRESHOLD);
    layers.addOperator(
        CountedLayer.of(name, OutputMap.SAME, new Operation("attention mask", spec.width()))
            .reading(layers.name(spec.attention().summed())));
  }

  private int images() {
    return (int) query.size(0);
  }

  private int tokens() {
    return (int) (query.size(1) * query.size(2));
  }

  @Override
  public Tensor forward(Pass pass, Tensor q, Tensor k, Tensor v) {
    query = q;
    key = k;
    value = v;
    Tensor sum = pass.membrane(images(), q.channels());
    pass.kernels().sumTokens(q, usesKeys ? k : null, images(), tokens(), 1, sum);
    pass.done(q);
    if (usesKeys) {
      pass.done(k);
    }
    mask = neurons.fire(pass, Drive.of(sum));
    pass.done(sum);
    Tensor masked = pass.spikes(v.shape());
    pass.kernels().scaleTokens(mask, v, images(), tokens(), 1, masked);
    pass.done(mask);
    pass.done(v);
    // masked V feeds the projection but is no neuron's output
    SpikeSums.count(pass, block + ".repconv_proj", masked);
    return masked;
  }

  @Override
  public Gradients backward(Pass pass, Tensor dOutput) {
    Tensor dSum = pass.membrane(images(), query.channels());
    pass.kernels().sumTokens(dOutput, value, images(), tokens(), 1, dSum);
    neurons.backward(pass, dSum);
    Tensor dValue = pass.product(value.shape());
    pass.kernels().scaleTokens(mask, dOutput, images(), tokens(), 1, dValue);
    pass.give(dOutput);
    Tensor dQuery = pass.product(query.shape());
    pass.kernels().scaleTokens(dSum, usesKeys ? key : null, images(), tokens(), 1, dQuery);
    Tensor dKey = null;
    if (usesKeys) {
      dKey = pass.product(key.shape());
      pass.kernels().scaleTokens(dSum, query, images(), tokens(), 1, dKey);
    }
    pass.give(dSum);
    return new Gradients(dQuery, dKey, dValue);
  }
}
