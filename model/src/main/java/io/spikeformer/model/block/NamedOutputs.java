package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;
import java.util.Map;

/** A block at the end of a network: what it hands on are named parts, one after the other. */
public interface NamedOutputs {
  /** Shapes of the last pass's parts by name, in the order in which they lie in its output. */
  Map<String, long[]> outputs();

  /**
   * Parts [T, ...] at every timestep of the last evaluation pass, where the block forms them; they
   * are valid as long as its output.
   */
  Map<String, Tensor> timesteps();
}
