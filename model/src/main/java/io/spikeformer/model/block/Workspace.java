package io.spikeformer.model.block;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Reusable off-heap buffers of one replica: after the first step of a shape, a step allocates
 * nothing.
 *
 * <p>A buffer is taken, used and given back; buffers of equal size replace one another. Not
 * thread-safe.
 */
public final class Workspace implements AutoCloseable {
  private final Map<Long, Deque<Tensor>> free = new HashMap<>();
  private final Map<Tensor, Tensor> taken = new IdentityHashMap<>();
  private Scope recording;
  private long bytes;

  /** The buffers that a block took in one forward pass and has not given back. */
  final class Scope {
    private final Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Stops recording. */
    void close() {
      recording = null;
    }

    /** Gives everything back, except one tensor unless that is null. */
    void release(Tensor except) {
      for (Tensor tensor : new ArrayList<>(tensors)) {
        if (tensor != except) {
          give(tensor);
          tensors.remove(tensor);
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
    long elements = 1;
    for (long dimension : shape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    long size = type.byteSize(elements);
    Deque<Tensor> candidates = free.get(size);
    Tensor memory = candidates == null ? null : candidates.pollFirst();
    if (memory == null) {
      memory = Tensor.allocate(DataType.BIT, size * DataType.PER_BYTE);
      bytes += size;
    }
    Tensor tensor = Tensor.view(type, memory.address(), shape);
    taken.put(tensor, memory);
    if (recording != null) {
      recording.tensors.add(tensor);
    }
    return tensor;
  }

  /** Gives back a buffer that was taken here. */
  public void give(Tensor tensor) {
    Tensor memory = taken.remove(tensor);
    if (memory == null) {
      throw new IllegalStateException("workspace: " + tensor + " was not taken here");
    }
    if (recording != null) {
      recording.tensors.remove(tensor);
    }
    free.computeIfAbsent(tensor.byteSize(), size -> new ArrayDeque<>()).addFirst(memory);
  }

  /** Whether a tensor was taken here and not given back. */
  public boolean owns(Tensor tensor) {
    return taken.containsKey(tensor);
  }

  /** Bytes allocated so far, in use or not. */
  public long bytes() {
    return bytes;
  }

  /** Buffers in use. */
  public int inUse() {
    return taken.size();
  }

  /** Frees everything; tensors taken from here become invalid. */
  @Override
  public void close() {
    free.values().forEach(queue -> queue.forEach(Tensor::close));
    taken.values().forEach(Tensor::close);
    free.clear();
    taken.clear();
    bytes = 0;
  }
}
