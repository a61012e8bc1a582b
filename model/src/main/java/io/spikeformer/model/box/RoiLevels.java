package io.spikeformer.model.box;

import io.spikeformer.model.kernel.Regions;
import java.util.stream.IntStream;

/**
 * The levels of a pyramid that regions are taken from (Lin et al., 2017): floor(log2(sqrt(w * h) /
 * 56 + 1e-6)), limited to the levels that there are. A region of 56 pixels is of level 0.
 */
public final class RoiLevels {
  private static final float FINEST = 56;

  private RoiLevels() {}

  /** The level of each box, 0 to levels - 1. */
  public static int[] of(Boxes boxes, int levels) {
    return IntStream.range(0, boxes.count())
        .map(
            box -> {
              float size = (float) Math.sqrt(boxes.area(box)) / FINEST + 1e-6f;
              float level = (float) (Math.log(size) / Math.log(2));
              return (int) Math.max(0, Math.min(levels - 1, Math.floor(level)));
            })
        .toArray();
  }

  /**
   * The regions of one level at all timesteps, for maps [T*B, H, W, C] and a result [T*R, ...],
   * time outermost.
   *
   * @param boxes of all levels, R
   * @param images of the boxes, 0 to B - 1
   * @param levels of the boxes
   * @param level the one whose regions are wanted
   * @param timesteps T
   * @param batch B
   */
  public static Regions regions(
      Boxes boxes, int[] images, int[] levels, int level, int timesteps, int batch) {
    int[] own = IntStream.range(0, levels.length).filter(i -> levels[i] == level).toArray();
    int[] repeated = new int[timesteps * own.length];
    int[] maps = new int[repeated.length];
    int[] rows = new int[repeated.length];
    for (int i = 0; i < repeated.length; i++) {
      int timestep = i / own.length;
      repeated[i] = own[i % own.length];
      maps[i] = timestep * batch + images[repeated[i]];
      rows[i] = timestep * levels.length + repeated[i];
    }
    return new Regions(boxes.select(repeated).corners(), maps, rows);
  }
}
