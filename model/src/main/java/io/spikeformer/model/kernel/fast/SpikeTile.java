package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/**
 * The spikes or integers of one tile after the other of a block (timestep), as planes of bits: in
 * the tensor's own memory if that holds bits and the tile ends with a vector, else in a copy.
 */
final class SpikeTile {
  private final DataType type;
  private final int planes;
  private final float unit;
  private final ByteBuffer tensor;
  private final ByteBuffer copy;
  private final Tile stored;
  private final Tile numbers;
  private ByteBuffer memory;
  private int from;

  /**
   * Prepares for the tiles of a chunk.
   *
   * @param spikes a tensor with the format of the spikes
   * @param tensor the chunk's spikes
   * @param integers how they are fired; null for spikes
   * @param copy for at least a tile of bits, in whole vectors of them
   * @param floats for at least a tile of floats
   */
  SpikeTile(
      Tensor spikes,
      ByteBuffer tensor,
      Neuron.Integers integers,
      ByteBuffer copy,
      ByteBuffer floats) {
    this.type = spikes.type();
    this.planes = integers == null ? 1 : integers.levels();
    this.unit = integers == null ? 1 : integers.unit();
    this.tensor = tensor;
    this.copy = copy;
    this.stored = new Tile(spikes, tensor, floats);
    this.numbers = Tile.at(floats);
  }

  /** Where the bits lie. */
  ByteBuffer memory() {
    return memory;
  }

  /** The first of them, as a number of bits from the beginning of the memory. */
  int from() {
    return from;
  }

  /** Planes of bits: the largest integer. */
  int planes() {
    return planes;
  }

  /** Goes to the spikes [at, at + length) of the chunk, to be overwritten. */
  void target(int at, int length) {
    boolean own = type == DataType.BIT && length % Lanes.COUNT == 0;
    memory = own ? tensor : copy;
    from = own ? at : 0;
  }

  /** Puts what was written after {@link #target} into the tensor. */
  void store(int at, int length) {
    if (memory != copy) {
      return;
    }
    if (type == DataType.BIT) {
      int first = at / DataType.PER_BYTE * planes;
      for (int i = 0; i < length / DataType.PER_BYTE * planes; i++) {
        tensor.put(first + i, copy.get(i));
      }
    } else {
      if (planes == 1 && unit == 1) {
        Formats.expand(copy, 0, numbers.memory(), 0, length);
      } else {
        Formats.expand(copy, planes, unit, 0, numbers.memory(), 0, length);
      }
      stored.store(numbers, at, length);
    }
  }

  /** Number of spikes in the tile, an integer n counting as n. */
  int count(int length) {
    int count = 0;
    int first = from / DataType.PER_BYTE * planes;
    int whole = length / DataType.PER_BYTE * planes;
    int i = 0;
    for (; i + Long.BYTES <= whole; i += Long.BYTES) {
      count += Long.bitCount(memory.getLong(first + i));
    }
    for (; i < whole; i++) {
      count += Integer.bitCount(memory.get(first + i) & 0xff);
    }
    int left = (1 << length % DataType.PER_BYTE) - 1;
    for (int plane = 0; left != 0 && plane < planes; plane++) {
      count += Integer.bitCount(memory.get(first + whole + plane) & left);
    }
    return count;
  }
}
