package io.spikeformer.model.block;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.kernel.Tensor;

/** The token mixer of a transformer block: spikes Q, K, V [N,H,W,C] to spikes [N,H,W,C]. */
interface SpikeDrivenSelfAttention {
  /** Gradients of the three inputs; key is null where there are no keys. */
  record Gradients(Tensor query, Tensor key, Tensor value) {}

  /** Mixes tokens; key is null for SDSA-2. */
  Tensor forward(Pass pass, Tensor query, Tensor key, Tensor value);

  /** From the gradient of the output, which is given back, to those of the inputs. */
  Gradients backward(Pass pass, Tensor dOutput);

  /** The operator of a configuration. */
  static SpikeDrivenSelfAttention of(Parameters p, String block, MetaSpikeFormerConfig config) {
    return config.attention().multiplies()
        ? new ProductAttention(p, block, config)
        : new MaskAttention(block, config);
  }
}
