package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** What primitives read and write, converted in a thread's buffers where the types differ. */
final class Operands {
  private final Worker[] workers;
  private final FastElementwise[] single;

  /** Operands of the threads of a team. */
  Operands(Worker[] workers, Scratch[] scratch) {
    this.workers = workers;
    this.single = new FastElementwise[scratch.length];
    for (int i = 0; i < scratch.length; i++) {
      single[i] = new FastElementwise(new Team(1, () -> {}), new Scratch[] {scratch[i]});
    }
  }

  /** Elementwise work on a thread alone. */
  FastElementwise elementwise(int part) {
    return single[part];
  }

  /** Address of a tensor's values in a type: its own, or those of a converted copy. */
  long address(int part, Tensor tensor, DataType type, Native.Buffer copy) {
    if (tensor.type() == type) {
      return tensor.address();
    }
    Tensor converted = buffer(part, type, copy, tensor.shape());
    single[part].affine(Drive.of(tensor), converted);
    return converted.address();
  }

  /** Likewise of a term of them, in the second buffer. */
  long address(int part, Tensor tensor, DataType type, HalfTerm term) {
    if (term == HalfTerm.WHOLE) {
      return address(part, tensor, type, Native.Buffer.SECOND);
    }
    Tensor converted = buffer(part, type, Native.Buffer.SECOND, tensor.shape());
    term.write(tensor, converted);
    return converted.address();
  }

  /** Where to compute a result of a type: the tensor itself, or a buffer. */
  Tensor result(int part, Tensor tensor, DataType type) {
    return tensor.type() == type
        ? tensor
        : buffer(part, type, Native.Buffer.RESULT, tensor.shape());
  }

  /** A buffer of a thread. */
  Tensor buffer(int part, DataType type, Native.Buffer use, long... shape) {
    long elements = 1;
    for (long size : shape) {
      elements *= size;
    }
    return Tensor.view(type, workers[part].context.buffer(use, type.byteSize(elements)), shape);
  }

  /** Puts a result where it belongs. */
  void deliver(int part, Tensor computed, Tensor tensor) {
    if (computed != tensor) {
      single[part].affine(Drive.of(computed), tensor);
    }
  }
}
