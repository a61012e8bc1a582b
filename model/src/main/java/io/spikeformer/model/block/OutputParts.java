package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** The named outputs of a head, one after the other in one buffer. */
final class OutputParts {
  private Map<String, long[]> shapes = Map.of();

  /** Their shapes in the last pass. */
  Map<String, long[]> shapes() {
    return shapes;
  }

  /** All parts, which are left, in one buffer. */
  Tensor joined(Pass pass, Map<String, Tensor> parts) {
    Map<String, long[]> all = new LinkedHashMap<>();
    parts.forEach((name, part) -> all.put(name, part.shape()));
    shapes = all;
    Tensor output = pass.membrane(1, parts.values().stream().mapToLong(Tensor::elements).sum());
    long from = 0;
    for (Tensor part : parts.values()) {
      if (part.elements() > 0) {
        pass.kernels().affine(Drive.of(part), output.slice(from, part.shape()));
      }
      from += part.elements();
    }
    return output;
  }
}
