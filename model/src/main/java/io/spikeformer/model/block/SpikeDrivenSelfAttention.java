package io.spikeformer.model.block;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Tensor;

/** The token mixer of a transformer block: spikes Q, K, V [N,H,W,C] to spikes [N,H,W,C]. */
interface SpikeDrivenSelfAttention {
  /** Gradients of the three inputs; key is null where there are no keys. */
  record Gradients(Tensor query, Tensor key, Tensor value) {}

  /** Mixes tokens, and is done with its inputs then; key is null for SDSA-2. */
  Tensor forward(Pass pass, Tensor query, Tensor key, Tensor value);

  /** From the gradient of the output, which is given back, to those of the inputs. */
  Gradients backward(Pass pass, Tensor dOutput);

  /** The operator of a block. */
  static SpikeDrivenSelfAttention of(
      Parameters p, Layers layers, BlockSpec.Transformer spec, NeuronConfig neuron) {
    return switch (spec.attention()) {
      case SDSA_1, SDSA_2 -> new MaskAttention(layers, spec, neuron);
      case SDSA_3, SDSA_4 -> new ProductAttention(p, layers, spec, neuron);
      case SDSA_V1 -> new ExchangedAttention(new MaskAttention(layers, spec, neuron));
    };
  }
}
