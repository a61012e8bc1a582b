package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;

/**
 * One tile after the other of a block (timestep) of a tensor, as float32: in the tensor's own
 * memory where that holds floats, else in a copy.
 *
 * <p>Loops run over whole vectors, so a tile that ends within a vector is copied too; behind its
 * end the copy holds zeros when it is read, and may be overwritten when it is written.
 */
final class Tile {
  private final DataType type;
  private final ByteBuffer tensor;
  private final ByteBuffer copy;
  private ByteBuffer memory;
  private int from;

  /**
   * Prepares for the tiles of a chunk.
   *
   * @param type type of the tensor
   * @param tensor the chunk's elements
   * @param copy for at least a tile of floats
   */
  Tile(DataType type, ByteBuffer tensor, ByteBuffer copy) {
    this.type = type;
    this.tensor = tensor;
    this.copy = copy;
  }

  /** A tile that lies in float32 memory and stays there. */
  static Tile at(ByteBuffer memory) {
    Tile tile = new Tile(DataType.FLOAT32, memory, memory);
    tile.target(0, 0);
    return tile;
  }

  /** Where the floats lie. */
  ByteBuffer memory() {
    return memory;
  }

  /** The first of them, as a number of floats from the beginning of the memory. */
  int from() {
    return from;
  }

  /** Goes to the elements [at, at + length) of the chunk, to be read. */
  void load(int at, int length) {
    target(at, length);
    if (memory == copy) {
      read(at, length, copy, 0);
      for (int i = length; i < Lanes.roundUp(length); i++) {
        copy.putFloat(Float.BYTES * i, 0);
      }
    }
  }

  /** Copies the elements [at, at + length) of the chunk to floats that begin with number to. */
  void read(int at, int length, ByteBuffer floats, int to) {
    switch (type) {
      case FLOAT32 -> Formats.copy(tensor, at, floats, to, length);
      case BFLOAT16 -> Formats.widen(tensor, at, floats, to, length);
      case BIT -> Formats.expand(tensor, at, floats, to, length);
    }
  }

  /** Goes to the elements [at, at + length) of the chunk, to be overwritten. */
  void target(int at, int length) {
    boolean own = type == DataType.FLOAT32 && length % Lanes.COUNT == 0;
    memory = own ? tensor : copy;
    from = own ? at : 0;
  }

  /** Puts what was written after {@link #target} into the tensor. */
  void store(int at, int length) {
    if (memory == copy) {
      store(this, at, length);
    }
  }

  /** Puts another tile into the elements [at, at + length) of the chunk. */
  void store(Tile values, int at, int length) {
    switch (type) {
      case FLOAT32 -> Formats.copy(values.memory, values.from, tensor, at, length);
      case BFLOAT16 -> Formats.narrow(values.memory, values.from, tensor, at, length);
      case BIT -> Formats.pack(values.memory, values.from, tensor, at, length);
    }
  }

  /** {@link #load} as a pass. */
  Pass loading() {
    return (block, at, length) -> load(at, length);
  }

  /** {@link #target} as a pass. */
  Pass targeting() {
    return (block, at, length) -> target(at, length);
  }

  /** {@link #store} as a pass. */
  Pass storing() {
    return (block, at, length) -> store(at, length);
  }
}
