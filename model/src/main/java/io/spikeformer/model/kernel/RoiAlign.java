package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * RoIAlign (He et al., 2017) as torchvision computes it, aligned and with adaptive samples: a
 * region is divided into size x size bins, each the mean of bilinear samples of the map.
 *
 * <p>A region's side is {@code (x2 * scale - 0.5) - (x1 * scale - 0.5)} in float32. A bin has
 * {@code ceil(side / size)} samples along each axis; with none, its value is 0. A sample more than
 * one pixel outside the map is 0, others outside are moved to the edge.
 *
 * @param size bins along each axis, &gt;= 1
 * @param scale pixels of the map for one of the image: 1 / stride of the map, &gt; 0
 */
public record RoiAlign(int size, float scale) {
  /** Checks the ranges. */
  public RoiAlign {
    if (size < 1 || !(scale > 0)) {
      throw new IllegalArgumentException(
          Text.format(
              "RoIAlign: expected at least 1 bin and a scale > 0, found %s and %s", size, scale));
    }
  }

  /** Where the rows of a region's bins come from, in a map of so many rows. */
  public RoiAxis rows(Regions regions, int region, int height) {
    return new RoiAxis(this, regions.top(region), regions.bottom(region), height);
  }

  /** Where the columns of a region's bins come from, in a map of so many columns. */
  public RoiAxis columns(Regions regions, int region, int width) {
    return new RoiAxis(this, regions.left(region), regions.right(region), width);
  }

  /** A corner's place in the map, whose pixel 0 has its centre at 0. */
  float place(float corner) {
    return corner * scale - 0.5f;
  }

  /** Samples of a bin along one axis. */
  int samples(float start, float end) {
    return Math.max(0, (int) Math.ceil((end - start) / size));
  }

  /** Place of a sample of a bin, of so many. */
  float sample(float start, float end, int bin, int sample, int samples) {
    float side = (end - start) / size;
    return start + bin * side + (sample + 0.5f) * side / samples;
  }
}
