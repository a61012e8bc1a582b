package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;

/**
 * The least that a call has to do.
 *
 * @param operations additions and multiplications of a dense product, whatever share of the
 *     operands is zero; 0 for kernels that memory alone limits
 * @param bytes every operand read once, every result written once
 */
record Work(double operations, double bytes) {
  /** Reads or writes that many elements of each of the types. */
  static Work moving(long elements, DataType... types) {
    return new Work(0, bytes(elements, types));
  }

  /** Memory of that many elements of each of the types. */
  static double bytes(long elements, DataType... types) {
    double bytes = 0;
    for (DataType type : types) {
      bytes += type.byteSize(elements);
    }
    return bytes;
  }
}
