package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The elements [from, from + count) of each of T equal blocks (timesteps): as much of a part as
 * byte buffers can hold.
 *
 * @param span how the blocks are divided
 * @param blocks T
 * @param from first element, at the beginning of a row
 * @param count elements, whole rows
 */
record Chunk(Span span, int blocks, long from, int count) {
  /** This part of a tensor's blocks. */
  Blocks open(Tensor tensor) {
    ByteBuffer[] memory = new ByteBuffer[blocks];
    for (int i = 0; i < blocks; i++) {
      memory[i] = tensor.bytes(i * span.rows() * span.channels() + from, count);
    }
    return new Blocks(tensor.type(), memory);
  }

  /** Runs passes over all tiles of the first block. */
  void runTiles(List<Pass> passes) {
    for (int at = 0; at < count; at += span.tile()) {
      Pass.runAll(passes, 0, at, length(at));
    }
  }

  /** Elements of the tile that begins at an element. */
  int length(int at) {
    return Math.min(span.tile(), count - at);
  }
}
