package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Residual connections of one kind around branches, one after the other, at one width. */
interface Residuals {
  /** As {@link Block#largestSum}. */
  int largestSum(int received, ObjIntConsumer<String> reads);

  /** From what a block reads, which stays as it is, to what it hands on. */
  Tensor run(Pass pass, Tensor u);

  /** From the gradient of the output, which this call takes over, to that of the input. */
  Tensor backward(Pass pass, Tensor gradient);

  /** Connections of a kind. */
  static Residuals of(Shortcut shortcut, NeuronConfig neuron, List<Branch> branches) {
    return switch (shortcut) {
      case MEMBRANE -> new MembraneResiduals(neuron, branches);
      case SEW -> new SpikeResiduals(neuron, branches);
      case VANILLA -> new VanillaResiduals(neuron, branches);
    };
  }
}
