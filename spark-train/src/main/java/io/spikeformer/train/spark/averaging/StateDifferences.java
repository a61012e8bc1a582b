package io.spikeformer.train.spark.averaging;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The coded differences of a state from the one before. A process that still has a slice of that
 * one forms the new slice from the difference, which is a fraction of its bytes. The sum is the one
 * that the holder has formed, bit for bit.
 *
 * @param changes the coded differences
 * @param coding their form
 * @param layout how states are cut
 * @param before the state before
 * @param beforeHolders who has formed that; null if it came from the driver
 * @param beforeElements its values; behind them a state differs from zeros
 */
record StateDifferences(
    SliceBlocks changes,
    DifferenceCoding coding,
    SliceLayout layout,
    SliceBlocks before,
    Holders beforeHolders,
    int beforeElements)
    implements Serializable {
  /** Stores the coded differences of a slice here. */
  void put(int index, byte[] change) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(change.length + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    changes.put(index, buffer.put(change));
  }

  /** A slice from that of the state before, as long, and the difference: float32 sums. */
  float[] add(int index, float[] start, byte[] change) {
    float[] sum = coding.decode(layout.from(index), start.length, change);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += start[i];
    }
    return sum;
  }

  /**
   * Forms a slice and keeps it for this process.
   *
   * @param holders the processes that have formed the slices
   * @param targets filled in order, each from its position to its limit; all of the slice
   * @param values where it is kept
   * @return false if the slice before is not on this host, or nobody sends the difference
   */
  boolean formAgain(int index, Holders holders, List<ByteBuffer> targets, SliceBlocks values) {
    int count = targets.stream().mapToInt(ByteBuffer::remaining).sum() / Float.BYTES;
    ByteBuffer change = ByteBuffer.allocate(holders.of(index).change());
    float[] start;
    try {
      start = startOnThisHost(index, count);
      if (start == null) {
        return false;
      }
      changes.read(index, holders, List.of(change), SliceBlocks.Fetched.PASS_ON);
    } catch (MissingSliceException lost) {
      // the whole slice may still be somewhere
      return false;
    }
    ByteBuffer slice = SliceBlocks.buffer(count);
    slice.asFloatBuffer().put(add(index, start, change.array()));
    slice.position(count * Float.BYTES);
    ByteBuffer whole = slice.duplicate().flip();
    for (ByteBuffer target : targets) {
      ByteBuffer part = target.duplicate();
      whole.limit(whole.position() + part.remaining());
      part.put(whole);
    }
    values.keep(index, slice);
    return true;
  }

  /** A slice of the state before, or null if it is not on this host. */
  private float[] startOnThisHost(int index, int count) {
    int known = layout.length(index, beforeElements);
    float[] start = new float[known];
    if (known > 0) {
      ByteBuffer buffer = SliceBlocks.buffer(known).limit(known * Float.BYTES);
      if (!before.readOnThisHost(index, beforeHolders, List.of(buffer))) {
        return null;
      }
      buffer.asFloatBuffer().get(start);
    }
    return Arrays.copyOf(start, count);
  }
}
