package io.spikeformer.model.checkpoint;

import java.util.List;

/**
 * What decides the order of a computation's sums, and with it the last bits of a state.
 *
 * @param threads of one replica, &gt;= 1
 * @param kernels the kernels that computed, as {@code --kernels} names them
 * @param vectorBits width of the vectors that the kernels used, in bits; 0 without vectors
 * @param processorFeatures instruction sets that the kernels could choose from, in any fixed order
 */
public record Arithmetic(
    int threads, String kernels, int vectorBits, List<String> processorFeatures) {

  /** Validates the ranges. */
  public Arithmetic {
    if (threads < 1) {
      throw new IllegalArgumentException("arithmetic threads: expected >= 1, found " + threads);
    }
    if (kernels == null || kernels.isBlank()) {
      throw new IllegalArgumentException("arithmetic kernels: expected a name, found " + kernels);
    }
    if (vectorBits < 0) {
      throw new IllegalArgumentException(
          "arithmetic vector-bits: expected >= 0, found " + vectorBits);
    }
    if (processorFeatures == null || processorFeatures.stream().anyMatch(f -> f == null)) {
      throw new IllegalArgumentException(
          "arithmetic processor-features: expected a list of names, found " + processorFeatures);
    }
    processorFeatures = List.copyOf(processorFeatures);
  }
}
