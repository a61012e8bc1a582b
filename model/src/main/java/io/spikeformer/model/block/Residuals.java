package io.spikeformer.model.block;

import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Shortcut;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/** Residual connections of one kind around branches, one after the other, at one width. */
interface Residuals {
  /**
   * A branch, and what its input is called: the firing rate there is that of the layer.
   *
   * @param layer for example stage3.block2.linear1
   */
  record Step(String layer, Branch branch) {}

  /** From what a block reads, which stays as it is, to what it hands on. */
  Tensor run(Pass pass, Tensor u);

  /** From the gradient of the output, which this call takes over, to that of the input. */
  Tensor backward(Pass pass, Tensor gradient);

  /** Connections of a kind. */
  static Residuals of(Shortcut shortcut, NeuronConfig neuron, List<Step> steps) {
    return switch (shortcut) {
      case MEMBRANE -> new MembraneResiduals(neuron, steps);
      case SEW -> new SpikeResiduals(neuron, steps);
      case VANILLA -> new VanillaResiduals(neuron, steps);
    };
  }
}
