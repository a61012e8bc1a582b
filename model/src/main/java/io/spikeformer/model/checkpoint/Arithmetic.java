package io.spikeformer.model.checkpoint;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Kernels;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The facts that decide the order of a computation's sums, and so the last bits of a state.
 *
 * @param threads of one replica, &gt;= 1
 * @param kernels the kernels that computed, as {@code --kernels} names them
 * @param vectorBits width of the vectors that the kernels used, in bits; 0 without vectors
 * @param processorFeatures instruction sets that the kernels could choose from, in any fixed order
 */
public record Arithmetic(
    int threads, String kernels, int vectorBits, List<String> processorFeatures)
    implements Serializable {
  private static final String MIXED = "mixed";

  /** Validates the ranges. */
  public Arithmetic {
    if (threads < 1) {
      throw new IllegalArgumentException(
          Text.format("arithmetic threads: expected >= 1, found %s", threads));
    }
    if (kernels == null || kernels.isBlank()) {
      throw new IllegalArgumentException(
          Text.format("arithmetic kernels: expected a name, found %s", kernels));
    }
    if (vectorBits < 0) {
      throw new IllegalArgumentException(
          Text.format("arithmetic vector-bits: expected >= 0, found %s", vectorBits));
    }
    if (processorFeatures == null || processorFeatures.stream().anyMatch(f -> f == null)) {
      throw new IllegalArgumentException(
          Text.format(
              "arithmetic processor-features: expected a list of names, found %s",
              processorFeatures));
    }
    processorFeatures = List.copyOf(processorFeatures);
  }

  /**
   * The arithmetic of kernels on this machine.
   *
   * @param threads that they were asked for
   */
  public static Arithmetic of(Kernels kernels, int threads) {
    return new Arithmetic(
        threads, kernels.name(), kernels.vectorBits(), kernels.processorFeatures());
  }

  /**
   * The differences, each as {@code KEY: VALUE, now VALUE}; among the features those that are
   * missing now or new. Empty if both form their sums alike.
   */
  public List<String> differences(Arithmetic now) {
    List<String> found = new ArrayList<>();
    if (threads != now.threads) {
      found.add("threads: " + threads + ", now " + now.threads);
    }
    if (!kernels.equals(now.kernels)) {
      found.add("kernels: " + kernels + ", now " + now.kernels);
    }
    if (vectorBits != now.vectorBits) {
      found.add("vector-bits: " + vectorBits + ", now " + now.vectorBits);
    }
    List<String> missing = without(processorFeatures, now.processorFeatures);
    List<String> added = without(now.processorFeatures, processorFeatures);
    if (!missing.isEmpty()) {
      found.add("processor-features: now without " + String.join(", ", missing));
    }
    if (!added.isEmpty()) {
      found.add("processor-features: now with " + String.join(", ", added));
    }
    return found;
  }

  private static List<String> without(List<String> features, List<String> others) {
    return features.stream().filter(feature -> !others.contains(feature)).toList();
  }

  /** Both side by side in one computation, as where the processors of a cluster differ. */
  public Arithmetic mixedWith(Arithmetic other) {
    Set<String> features = new LinkedHashSet<>(processorFeatures);
    features.addAll(other.processorFeatures);
    features.add(MIXED);
    return new Arithmetic(
        Math.max(threads, other.threads),
        kernels.equals(other.kernels) ? kernels : "fast and reference",
        Math.max(vectorBits, other.vectorBits),
        List.copyOf(features));
  }

  /** One line. */
  @Override
  public String toString() {
    return Text.format(
        "%s kernels, %s threads, %s%s",
        kernels,
        threads,
        vectorBits == 0 ? "no vectors" : "vectors of " + vectorBits + " bits",
        processorFeatures.isEmpty() ? "" : ", " + String.join(" ", processorFeatures));
  }
}
