package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/**
 * One tile after the other of a block (timestep) of a tensor: in the tensor's own memory where that
 * holds float32 or bfloat16, else in a copy as float32. Loops ask {@link #half} which of the two
 * they read or write.
 *
 * <p>Loops run over whole vectors, so a tile that ends within a vector is copied too; behind its
 * end the copy holds zeros when it is read, and may be overwritten when it is written.
 */
final class Tile {
  private final DataType type;
  private final int planes;
  private final float unit;
  private final ByteBuffer tensor;
  private final ByteBuffer copy;
  private ByteBuffer memory;
  private int from;
  private boolean half;

  /**
   * Prepares for the tiles of a chunk.
   *
   * @param form a tensor with the format of the elements
   * @param elements the chunk's elements
   * @param copy for at least a tile of floats
   */
  Tile(Tensor form, ByteBuffer elements, ByteBuffer copy) {
    this(form.type(), form.planes(), form.unit(), elements, copy);
  }

  private Tile(DataType type, int planes, float unit, ByteBuffer tensor, ByteBuffer copy) {
    this.type = type;
    this.planes = planes;
    this.unit = unit;
    this.tensor = tensor;
    this.copy = copy;
  }

  /** A tile that lies in float32 memory and stays there. */
  static Tile at(ByteBuffer memory) {
    Tile tile = new Tile(DataType.FLOAT32, 1, 1, memory, memory);
    tile.target(0, 0);
    return tile;
  }

  /** Where the elements lie. */
  ByteBuffer memory() {
    return memory;
  }

  /** The first of them, as a number of elements from the beginning of the memory. */
  int from() {
    return from;
  }

  /** Whether the elements are bfloat16, not float32. */
  boolean half() {
    return half;
  }

  /** One of the elements, counted from the beginning of the tile. */
  float get(int i) {
    return half
        ? DataType.fromBfloat16(memory.getShort(Short.BYTES * (from + i)))
        : memory.getFloat(Float.BYTES * (from + i));
  }

  /** Goes to the elements [at, at + length) of the chunk, to be read. */
  void load(int at, int length) {
    target(at, length);
    if (memory == copy) {
      copy(at, length);
    }
  }

  /** As {@link #load}, as float32 for any type of tensor. */
  void loadFloats(int at, int length) {
    targetFloats(at, length);
    if (memory == copy) {
      copy(at, length);
    }
  }

  private void copy(int at, int length) {
    read(at, length, copy, 0);
    for (int i = length; i < Lanes.roundUp(length); i++) {
      copy.putFloat(Float.BYTES * i, 0);
    }
  }

  /** Copies the elements [at, at + length) of the chunk to floats that begin with number to. */
  void read(int at, int length, ByteBuffer floats, int to) {
    switch (type) {
      case FLOAT32 -> Formats.copy(tensor, at, floats, to, length);
      case BFLOAT16 -> Formats.widen(tensor, at, floats, to, length);
      case BIT -> {
        if (planes == 1 && unit == 1) {
          Formats.expand(tensor, at, floats, to, length);
        } else {
          Formats.expand(tensor, planes, unit, at, floats, to, length);
        }
      }
    }
  }

  /** Goes to the elements [at, at + length) of the chunk, to be overwritten. */
  void target(int at, int length) {
    boolean own = type != DataType.BIT && length % Lanes.COUNT == 0;
    memory = own ? tensor : copy;
    from = own ? at : 0;
    half = own && type == DataType.BFLOAT16;
  }

  /** As {@link #target}, for float32 alone: what is written can be read again as it was. */
  void targetFloats(int at, int length) {
    target(at, length);
    if (half) {
      memory = copy;
      from = 0;
      half = false;
    }
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
      case FLOAT32 -> values.write(tensor, at, length);
      case BFLOAT16 -> {
        if (values.half) {
          Formats.copyHalves(values.memory, values.from, tensor, at, length);
        } else {
          Formats.narrow(values.memory, values.from, tensor, at, length);
        }
      }
      case BIT -> {
        if (values.half) {
          values.write(copy, 0, length);
          Formats.pack(copy, 0, tensor, at, length);
        } else {
          Formats.pack(values.memory, values.from, tensor, at, length);
        }
      }
    }
  }

  /** Copies the elements of this tile to floats that begin with number to. */
  private void write(ByteBuffer floats, int to, int length) {
    if (half) {
      Formats.widen(memory, from, floats, to, length);
    } else {
      Formats.copy(memory, from, floats, to, length);
    }
  }

  /** {@link #load} as a pass. */
  TileLoop loading() {
    return (block, at, length) -> load(at, length);
  }

  /** {@link #target} as a pass. */
  TileLoop targeting() {
    return (block, at, length) -> target(at, length);
  }

  /** {@link #store} as a pass. */
  TileLoop storing() {
    return (block, at, length) -> store(at, length);
  }
}
