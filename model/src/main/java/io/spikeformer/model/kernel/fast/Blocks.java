package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/** A part of each of T equal blocks (timesteps) of a tensor, and the passes that move its tiles. */
final class Blocks {
  private final DataType type;
  private final ByteBuffer[] memory;

  Blocks(DataType type, ByteBuffer[] memory) {
    this.type = type;
    this.memory = memory;
  }

  /** Elements [from, from + count) of a tensor, as one block; they must fit into 2 GiB. */
  static Blocks of(Tensor tensor, long from, int count) {
    return new Blocks(tensor.type(), new ByteBuffer[] {tensor.bytes(from, count)});
  }

  /** target[0..length) = the tile. */
  Pass load(float[] target) {
    return switch (type) {
      case FLOAT32 -> (block, at, length) -> Lanes.loadFloats(memory[block], at, target, 0, length);
      case BFLOAT16 ->
          (block, at, length) -> Lanes.loadHalves(memory[block], at, target, 0, length);
      case BIT -> (block, at, length) -> Lanes.loadBits(memory[block], at, target, 0, length);
    };
  }

  /** targets[block][0..length) = the tile. */
  Pass load(float[][] targets) {
    return switch (type) {
      case FLOAT32 ->
          (block, at, length) -> Lanes.loadFloats(memory[block], at, targets[block], 0, length);
      case BFLOAT16 ->
          (block, at, length) -> Lanes.loadHalves(memory[block], at, targets[block], 0, length);
      case BIT ->
          (block, at, length) -> Lanes.loadBits(memory[block], at, targets[block], 0, length);
    };
  }

  /** The tile = source[0..length), rounded to the tensor's type. */
  Pass store(float[] source) {
    return switch (type) {
      case FLOAT32 ->
          (block, at, length) -> Lanes.storeFloats(memory[block], at, source, 0, length);
      case BFLOAT16 ->
          (block, at, length) -> Lanes.storeHalves(memory[block], at, source, 0, length);
      case BIT -> (block, at, length) -> Lanes.storeBits(memory[block], at, source, 0, length);
    };
  }
}
