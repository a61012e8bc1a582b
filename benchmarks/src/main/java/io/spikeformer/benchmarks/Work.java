package io.spikeformer.benchmarks;

/**
 * The least that a call has to do.
 *
 * @param operations floating-point additions and multiplications of products; 0 for kernels that
 *     memory alone limits
 * @param bytes every operand read once, every result written once
 */
record Work(double operations, double bytes) {
  static Work moving(double bytes) {
    return new Work(0, bytes);
  }
}
