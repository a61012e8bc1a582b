package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;

/**
 * The spikes of one tile after the other of a block (timestep), as bits: in the tensor's own memory
 * if that holds bits and the tile ends with a vector, else in a copy.
 */
final class SpikeTile {
  private final DataType type;
  private final ByteBuffer tensor;
  private final ByteBuffer copy;
  private final Tile stored;
  private final Tile numbers;
  private ByteBuffer memory;
  private int from;

  /**
   * Prepares for the tiles of a chunk.
   *
   * @param type type of the spikes
   * @param tensor the chunk's spikes
   * @param copy for at least a tile of bits, in whole vectors of them
   * @param floats for at least a tile of floats
   */
  SpikeTile(DataType type, ByteBuffer tensor, ByteBuffer copy, ByteBuffer floats) {
    this.type = type;
    this.tensor = tensor;
    this.copy = copy;
    this.stored = new Tile(type, tensor, floats);
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
      for (int i = 0; i < length; i += DataType.PER_BYTE) {
        tensor.put((at + i) / DataType.PER_BYTE, copy.get(i / DataType.PER_BYTE));
      }
    } else {
      Formats.expand(copy, 0, numbers.memory(), 0, length);
      stored.store(numbers, at, length);
    }
  }

  /** Number of spikes in the tile. */
  int count(int length) {
    int count = 0;
    int first = from / DataType.PER_BYTE;
    int i = 0;
    for (; i + Long.SIZE <= length; i += Long.SIZE) {
      count += Long.bitCount(memory.getLong(first + i / DataType.PER_BYTE));
    }
    for (; i < length; i += DataType.PER_BYTE) {
      int bits = memory.get(first + i / DataType.PER_BYTE) & 0xff;
      int kept = Math.min(DataType.PER_BYTE, length - i);
      count += Integer.bitCount(bits & (1 << kept) - 1);
    }
    return count;
  }
}
