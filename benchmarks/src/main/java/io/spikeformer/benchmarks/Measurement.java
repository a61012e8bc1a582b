package io.spikeformer.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The speed of a subject and what the machine could do in the same minute.
 *
 * @param subject what was measured
 * @param seconds mean time of a call
 * @param productCeiling GFLOP/s of a large dense product in the subject's type
 * @param memoryCeiling GB/s of a triad
 */
record Measurement(Subject subject, double seconds, double productCeiling, double memoryCeiling) {

  double gigaflops() {
    return subject.work().operations() / seconds / 1e9;
  }

  double gigabytesPerSecond() {
    return subject.work().bytes() / seconds / 1e9;
  }

  /** Seconds that the arithmetic takes at the products' ceiling. */
  private double leastProductSeconds() {
    return subject.work().operations() / productCeiling / 1e9;
  }

  /** Seconds that the operands take at the memory's ceiling. */
  private double leastMemorySeconds() {
    return subject.work().bytes() / memoryCeiling / 1e9;
  }

  /** Which ceiling leaves less: {@code products} or {@code memory}. */
  String bound() {
    return leastProductSeconds() > leastMemorySeconds() ? "products" : "memory";
  }

  /** The share of that ceiling; above 1 where operands stay in the caches. */
  double share() {
    return Math.max(leastProductSeconds(), leastMemorySeconds()) / seconds;
  }

  Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("kernel", subject.kernel());
    object.put("details", subject.details());
    object.put("milliseconds", seconds * 1e3);
    object.put("gigaflops", gigaflops());
    object.put("gigabytesPerSecond", gigabytesPerSecond());
    object.put("bound", bound());
    object.put("share", share());
    object.put("productCeilingGigaflops", productCeiling);
    object.put("memoryCeilingGigabytesPerSecond", memoryCeiling);
    return object;
  }
}
