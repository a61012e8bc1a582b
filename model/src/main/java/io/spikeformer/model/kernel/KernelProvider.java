package io.spikeformer.model.kernel;

import java.util.Locale;

/** Chooses the implementation of {@link Kernels}, once, where a model is made. */
public final class KernelProvider {
  private KernelProvider() {}

  /**
   * Creates kernels.
   *
   * @param choice {@code auto}, {@code fast} or {@code reference}; case does not matter
   * @param threads threads that one call may use, &gt;= 1; the reference kernels use one
   * @throws IllegalArgumentException if the choice is unknown
   */
  public static Kernels create(String choice, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("kernel threads: expected >= 1, found " + threads);
    }
    switch (choice.toLowerCase(Locale.ROOT)) {
      case "auto":
      case "reference":
        return new ReferenceKernels();
      default:
        throw new IllegalArgumentException(
            "kernels: expected auto, fast or reference, found '" + choice + "'");
    }
  }
}
