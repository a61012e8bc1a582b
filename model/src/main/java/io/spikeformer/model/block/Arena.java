package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Off-heap memory that is lent in pieces of any size: the first gap that is large enough, at the
 * lowest address, and neighbouring gaps grow together again.
 *
 * <p>Reserves generously, because memory that nobody touches costs nothing; what counts is {@link
 * #used()}, the memory below the highest address ever lent.
 */
final class Arena implements AutoCloseable {
  private static final long ALIGNMENT = 64;
  // pieces of a power of 2 behind each other would all fall into the same lines of a cache
  private static final long STAGGER = 5 * ALIGNMENT;
  private static final long LEAST_SLAB = 1L << 29;
  private static final long MOST_RESERVED = 1L << 30;

  private final List<Slab> slabs = new ArrayList<>();

  /** One reservation. */
  private static final class Slab {
    private final Tensor memory;
    // begin -> length, as offsets
    private final TreeMap<Long, Long> gaps = new TreeMap<>();
    private long used;

    Slab(long bytes) {
      memory = Tensor.allocate(DataType.BIT, bytes * DataType.PER_BYTE);
      gaps.put(0L, bytes);
    }

    boolean contains(long address) {
      return address >= memory.address() && address < memory.address() + memory.byteSize();
    }

    boolean isFree() {
      return gaps.size() == 1 && gaps.firstEntry().getValue() == memory.byteSize();
    }

    /** An offset, or -1 if no gap is large enough. */
    long take(long bytes) {
      for (Map.Entry<Long, Long> gap : gaps.entrySet()) {
        if (gap.getValue() >= bytes) {
          long begin = gap.getKey();
          long left = gap.getValue() - bytes;
          gaps.remove(begin);
          if (left > 0) {
            gaps.put(begin + bytes, left);
          }
          used = Math.max(used, begin + bytes);
          return begin;
        }
      }
      return -1;
    }

    void give(long begin, long bytes) {
      long from = begin;
      long length = bytes;
      Map.Entry<Long, Long> before = gaps.floorEntry(begin);
      if (before != null && before.getKey() + before.getValue() == begin) {
        from = before.getKey();
        length += before.getValue();
      }
      Long behind = gaps.remove(begin + bytes);
      if (behind != null) {
        length += behind;
      }
      gaps.put(from, length);
    }
  }

  /** Address of so many bytes, 64-byte aligned. */
  long take(long bytes) {
    long size = piece(bytes);
    for (Slab slab : slabs) {
      long offset = slab.take(size);
      if (offset >= 0) {
        return slab.memory.address() + offset;
      }
    }
    long reserved = slabs.stream().mapToLong(slab -> slab.memory.byteSize()).sum();
    long more = Math.max(LEAST_SLAB, Math.min(MOST_RESERVED, reserved));
    Slab slab = new Slab(Math.max(size, more));
    slabs.add(slab);
    return slab.memory.address() + slab.take(size);
  }

  /** Takes back what was lent for so many bytes. */
  void give(long address, long bytes) {
    for (Slab slab : slabs) {
      if (slab.contains(address)) {
        slab.give(address - slab.memory.address(), piece(bytes));
        return;
      }
    }
    throw new IllegalStateException(Text.format("arena: address %s was not lent here", address));
  }

  private static long piece(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + STAGGER;
  }

  /** Frees the reservations of which nothing is lent. */
  void trim() {
    slabs.removeIf(
        slab -> {
          if (slab.isFree()) {
            slab.memory.close();
            return true;
          }
          return false;
        });
  }

  /** Bytes that have been in use, at most, of the memory that is still reserved. */
  long used() {
    return slabs.stream().mapToLong(slab -> slab.used).sum();
  }

  @Override
  public void close() {
    slabs.forEach(slab -> slab.memory.close());
    slabs.clear();
  }
}
