package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reusable off-heap buffers of one replica: after the first step of a shape, a step allocates
 * nothing.
 *
 * <p>A buffer is taken, used and given back; what is given back is lent again, whole or in pieces.
 * Not thread-safe.
 */
public final class Workspace implements AutoCloseable {
  private final Arena arena = new Arena();
  // what is lent, and the scope that records it, or null
  private final Map<Tensor, Scope> taken = new IdentityHashMap<>();
  private Scope recording;

  /** The buffers that a block took in one forward pass and has not given back. */
  final class Scope {
    private final Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Stops recording. */
    void close() {
      recording = null;
    }

    /** Gives everything back except some tensors. */
    void release(List<Tensor> except) {
      for (Tensor tensor : new ArrayList<>(tensors)) {
        if (!except.contains(tensor)) {
          give(tensor);
        }
      }
    }
  }

  /** Records what is taken from now on. */
  Scope open() {
    recording = new Scope();
    return recording;
  }

  /** Takes an uninitialised buffer. */
  public Tensor take(DataType type, long... shape) {
    return lend(Tensor.view(type, arena.take(type.byteSize(elements(shape))), shape));
  }

  /** Takes an uninitialised buffer for integers 0..planes times a unit, in planes of bits. */
  public Tensor takeIntegers(int planes, float unit, long... shape) {
    long bytes = Math.multiplyExact(planes, DataType.BIT.byteSize(elements(shape)));
    return lend(Tensor.viewIntegers(planes, unit, arena.take(bytes), shape));
  }

  /** Takes an uninitialised buffer in the format of another tensor. */
  Tensor takeLike(Tensor form, long... shape) {
    return form.type() == DataType.BIT
        ? takeIntegers(form.planes(), form.unit(), shape)
        : take(form.type(), shape);
  }

  private static long elements(long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  private Tensor lend(Tensor tensor) {
    taken.put(tensor, recording);
    if (recording != null) {
      recording.tensors.add(tensor);
    }
    return tensor;
  }

  /** Gives back a buffer that was taken here. */
  public void give(Tensor tensor) {
    if (!taken.containsKey(tensor)) {
      throw new IllegalStateException(Text.format("workspace: %s was not taken here", tensor));
    }
    Scope scope = taken.remove(tensor);
    if (scope != null) {
      scope.tensors.remove(tensor);
    }
    arena.give(tensor.address(), tensor.byteSize());
  }

  /** Gives memory of which nothing is lent back to the system. */
  public void trim() {
    arena.trim();
  }

  /** Most bytes that were in use at a time, with the gaps between them, since {@link #trim()}. */
  public long bytes() {
    return arena.used();
  }

  /** Buffers in use. */
  public int inUse() {
    return taken.size();
  }

  /** Frees everything; tensors taken from here become invalid. */
  @Override
  public void close() {
    arena.close();
    taken.clear();
  }
}
