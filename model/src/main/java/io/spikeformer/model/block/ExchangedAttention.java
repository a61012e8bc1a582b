package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;

/**
 * An operator with the roles of Q and V exchanged. SDSA of the first Spike-driven Transformer (Yao
 * et al. 2023, Eq. 8), SN(sum over tokens of K*V) masks Q, is SDSA-1 so exchanged.
 */
final class ExchangedAttention implements SpikeDrivenSelfAttention {
  private final SpikeDrivenSelfAttention operator;

  ExchangedAttention(SpikeDrivenSelfAttention operator) {
    this.operator = operator;
  }

  @Override
  public Tensor forward(Pass pass, Tensor query, Tensor key, Tensor value) {
    return operator.forward(pass, value, key, query);
  }

  @Override
  public Gradients backward(Pass pass, Tensor dOutput) {
    Gradients d = operator.backward(pass, dOutput);
    return new Gradients(d.value(), d.key(), d.query());
  }
}
