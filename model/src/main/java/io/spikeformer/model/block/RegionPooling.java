package io.spikeformer.model.block;

import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RoiLevels;
import io.spikeformer.model.kernel.Regions;
import io.spikeformer.model.kernel.RoiAlign;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * RoIAlign of regions, each from the level of a pyramid that suits its size: levels [T*B, H_i, W_i,
 * C] to [T*R, size, size, C]. Regions are the same at every timestep.
 */
final class RegionPooling {
  private final int size;
  private final List<Integer> strides;
  private Boxes boxes;
  private int[] images;
  private int[] levels;
  private int batch;

  /**
   * Pooling from levels.
   *
   * @param size bins along each axis
   * @param strides of the levels, in pixels of the image
   */
  RegionPooling(int size, List<Integer> strides) {
    this.size = size;
    this.strides = List.copyOf(strides);
  }

  /** The pooled regions, at least one, of the images in turn. */
  Tensor forward(Pass pass, List<Tensor> maps, List<Boxes> regions) {
    boxes = Boxes.concat(regions);
    batch = regions.size();
    images =
        IntStream.range(0, batch)
            .flatMap(image -> IntStream.range(0, regions.get(image).count()).map(i -> image))
            .toArray();
    levels = RoiLevels.of(boxes, strides.size());
    int channels = maps.get(0).channels();
    Tensor pooled = pass.membrane((long) pass.timesteps() * boxes.count(), size, size, channels);
    for (int level = 0; level < strides.size(); level++) {
      if (has(level)) {
        pass.kernels().roiAlign(form(level), regions(pass, level), maps.get(level), pooled);
      }
    }
    return pooled;
  }

  /** Adds to the gradients of the levels; dPooled is left. */
  void backward(Pass pass, Tensor dPooled, List<Tensor> dMaps) {
    for (int level = 0; level < strides.size(); level++) {
      if (has(level)) {
        Tensor dMap = dMaps.get(level);
        Tensor more = pass.membrane(dMap.shape());
        pass.kernels().roiAlignBackward(form(level), regions(pass, level), dPooled, more);
        pass.kernels().add(dMap, more, dMap);
        pass.give(more);
      }
    }
  }

  private boolean has(int level) {
    return Arrays.stream(levels).anyMatch(l -> l == level);
  }

  private RoiAlign form(int level) {
    return new RoiAlign(size, 1f / strides.get(level));
  }

  private Regions regions(Pass pass, int level) {
    return RoiLevels.regions(boxes, images, levels, level, pass.timesteps(), batch);
  }
}
