package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;

/**
 * One kernel on one shape.
 *
 * @param kernel method of {@link Kernels} or of {@link
 *     io.spikeformer.model.kernel.OptimizerKernels}, or a name of its own
 * @param details shape, form and types: with the kernel the name of a row
 * @param type number format of the products, whose ceiling counts
 * @param work what a call has to do
 * @param setup makes the call
 */
record Subject(String kernel, String details, DataType type, Work work, Setup setup) {
  /** Allocates the operands and gives back what is to be measured. */
  interface Setup {
    Runnable prepare(Kernels kernels, Operands operands);
  }

  String name() {
    return kernel + " " + details;
  }
}
