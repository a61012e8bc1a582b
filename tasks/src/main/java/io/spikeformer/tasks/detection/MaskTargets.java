package io.spikeformer.tasks.detection;

import io.spikeformer.data.detection.Rle;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Regions;
import io.spikeformer.model.kernel.RoiAlign;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** What a mask head has to answer: objects' masks, cut to regions and resampled to 28 x 28. */
public final class MaskTargets {
  /** Rows and columns of a target. */
  public static final int SIDE = 28;

  private static final RoiAlign FORM = new RoiAlign(SIDE, 1);

  private MaskTargets() {}

  /**
   * RoIAlign of the masks as numbers, then 1 from 0.5 on.
   *
   * @param masks of the objects of an image, all of its size
   * @param regions that have an object; what lies outside the image is cut off
   * @param objects index of the mask of each region
   * @return [regions, 28, 28] of 0 and 1
   */
  public static float[] of(Kernels kernels, List<Rle> masks, Boxes regions, int[] objects) {
    if (regions.count() == 0) {
      return new float[0];
    }
    int height = masks.get(0).height();
    int width = masks.get(0).width();
    int[] rows = IntStream.range(0, regions.count()).toArray();
    Boxes cut = regions.clipped(height, width);
    try (Tensor maps = Tensor.allocate(DataType.FLOAT32, masks.size(), height, width, 1);
        Tensor aligned = Tensor.allocate(DataType.FLOAT32, rows.length, SIDE, SIDE, 1)) {
      for (int i = 0; i < masks.size(); i++) {
        long pixels = (long) height * width;
        maps.slice(i * pixels, pixels).put(numbers(masks.get(i)));
      }
      kernels.roiAlign(FORM, new Regions(cut.corners(), objects, rows), maps, aligned);
      float[] targets = aligned.toArray();
      for (int i = 0; i < targets.length; i++) {
        targets[i] = targets[i] >= 0.5f ? 1 : 0;
      }
      return targets;
    }
  }

  private static float[] numbers(Rle mask) {
    byte[] pixels = mask.decode();
    float[] numbers = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      numbers[i] = pixels[i];
    }
    return numbers;
  }
}
