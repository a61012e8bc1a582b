package io.spikeformer.model.kernel.fast;

import java.util.List;

/**
 * One loop over a tile; a kernel is a short list of them.
 *
 * <p>All passes are called from one place, which is megamorphic on purpose: so each is compiled as
 * a unit of its own. Where the compiler inlines many of these loops into one another it exceeds its
 * limits now and then, and vectors become objects on the heap.
 */
interface TileLoop {
  /**
   * Handles a tile.
   *
   * @param block timestep
   * @param at first element of the tile within the chunk
   * @param length elements of the tile
   */
  void run(int block, int at, int length);

  /** Runs passes in order. */
  static void runAll(List<TileLoop> passes, int block, int at, int length) {
    for (int i = 0; i < passes.size(); i++) {
      passes.get(i).run(block, at, length);
    }
  }
}
