package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/** The elements [from, from + count) of each of T equal blocks (timesteps) of a tensor. */
final class Blocks {
  private final DataType type;
  private final ByteBuffer[] memory;

  private Blocks(DataType type, ByteBuffer[] memory) {
    this.type = type;
    this.memory = memory;
  }

  /**
   * Opens a part of each block.
   *
   * @param block elements of a block
   * @param count elements of the part, at most {@link Span#MOST}
   * @return null if the tensor is
   */
  static Blocks of(Tensor tensor, int blocks, long block, long from, int count) {
    if (tensor == null) {
      return null;
    }
    ByteBuffer[] memory = new ByteBuffer[blocks];
    for (int i = 0; i < blocks; i++) {
      memory[i] = tensor.bytes(i * block + from, count);
    }
    return new Blocks(tensor.type(), memory);
  }

  /** target[0..length) = elements of a block, from an offset into the part. */
  void load(int block, int offset, float[] target, int length) {
    Lanes.load(type, memory[block], offset, target, 0, length);
  }

  void store(int block, int offset, float[] source, int length) {
    Lanes.store(type, memory[block], offset, source, 0, length);
  }
}
