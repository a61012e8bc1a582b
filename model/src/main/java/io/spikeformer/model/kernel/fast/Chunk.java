package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.IntFunction;

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
  /** This part of a block of a tensor. */
  ByteBuffer open(Tensor tensor, int block) {
    return tensor.bytes(block * span.rows() * span.channels() + from, count);
  }

  /** The tiles of a tensor of one block; copies lie in a slot of the scratch memory. */
  Tile tile(Tensor tensor, Scratch scratch, int slot) {
    return new Tile(tensor, open(tensor, 0), scratch.buffer(slot, span.tile()));
  }

  /** The tiles of each block of a tensor, with the memory of their copies by block. */
  Tile[] tiles(Tensor tensor, IntFunction<ByteBuffer> copies) {
    Tile[] tiles = new Tile[blocks];
    for (int i = 0; i < blocks; i++) {
      tiles[i] = new Tile(tensor, open(tensor, i), copies.apply(i));
    }
    return tiles;
  }

  /** Runs passes over all tiles of the first block. */
  void runTiles(List<TileLoop> passes) {
    for (int at = 0; at < count; at += span.tile()) {
      TileLoop.runAll(passes, 0, at, length(at));
    }
  }

  /** Elements of the tile that begins at an element. */
  int length(int at) {
    return Math.min(span.tile(), count - at);
  }
}
