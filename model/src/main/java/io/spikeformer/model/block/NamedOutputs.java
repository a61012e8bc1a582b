package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** A block at the end of a network: what it hands on are named parts, one after the other. */
public interface NamedOutputs {
  /** Shapes of the last pass's parts by name, in the order in which they lie in its output. */
  Map<String, long[]> outputs();

  /** The parts of the last pass's output, or of the gradient of it. */
  default Map<String, Tensor> parts(Tensor whole) {
    Map<String, Tensor> parts = new LinkedHashMap<>();
    long from = 0;
    for (Map.Entry<String, long[]> part : outputs().entrySet()) {
      Tensor values = whole.slice(from, part.getValue());
      parts.put(part.getKey(), values);
      from += values.elements();
    }
    return parts;
  }

  /**
   * Parts [T, ...] at every timestep of the last evaluation pass, where the block forms them; they
   * are valid as long as its output.
   */
  Map<String, Tensor> timesteps();
}
