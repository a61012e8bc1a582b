package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

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
    if (tensor.type() == DataType.BIT && isExact(tensor.unit())) {
      expand(tensor, converted);
    } else {
      single[part].affine(Drive.of(tensor), converted);
    }
    return converted.address();
  }

  /** Whether integers times a unit are exact in any format: it is a power of two. */
  static boolean isExact(float unit) {
    return unit == Math.scalb(1f, Math.getExponent(unit));
  }

  /** Spikes or integers as bfloat16 or float32, in one pass. */
  private static void expand(Tensor spikes, Tensor values) {
    int planes = spikes.planes();
    float unit = spikes.unit();
    for (long from = 0; from < spikes.elements(); from += Span.MOST) {
      int count = (int) Math.min(Span.MOST, spikes.elements() - from);
      ByteBuffer source = spikes.bytes(from, count);
      ByteBuffer target = values.bytes(from, count);
      if (values.type() == DataType.BFLOAT16) {
        Formats.expandHalves(source, planes, unit, 0, target, 0, count);
      } else if (planes == 1 && unit == 1) {
        Formats.expand(source, 0, target, 0, count);
      } else {
        Formats.expand(source, planes, unit, 0, target, 0, count);
      }
    }
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
