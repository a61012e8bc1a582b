package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Regions;
import io.spikeformer.model.kernel.RoiAlign;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Random;

/** What a detector's necks and heads move: regions of two images' maps, and channels. */
final class RegionSubjects {
  private static final int IMAGES = 2;
  private static final int SIDE = 128;
  private static final int CHANNELS = 256;
  private static final int REGIONS = 512;
  private static final int BINS = 7;
  private static final float STRIDE = 4;
  private static final long MAPS = (long) IMAGES * SIDE * SIDE * CHANNELS;
  private static final long RESULT = (long) REGIONS * BINS * BINS * CHANNELS;
  private static final String SHAPE = "512 7x7x256 @128 float32";
  private static final RoiAlign FORM = new RoiAlign(BINS, 1 / STRIDE);

  private RegionSubjects() {}

  static List<Subject> all() {
    return List.of(roiAlign(), roiAlignBackward(), copyChannels());
  }

  private static Subject roiAlign() {
    return new Subject(
        "roiAlign",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(MAPS + RESULT, DataType.FLOAT32),
        (kernels, operands) -> {
          Regions regions = regions();
          Tensor x = operands.normal(DataType.FLOAT32, IMAGES, SIDE, SIDE, CHANNELS);
          Tensor y = operands.zeros(DataType.FLOAT32, REGIONS, BINS, BINS, CHANNELS);
          return () -> kernels.roiAlign(FORM, regions, x, y);
        });
  }

  private static Subject roiAlignBackward() {
    return new Subject(
        "roiAlignBackward",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(MAPS + RESULT, DataType.FLOAT32),
        (kernels, operands) -> {
          Regions regions = regions();
          Tensor dy = operands.normal(DataType.FLOAT32, REGIONS, BINS, BINS, CHANNELS);
          Tensor dx = operands.zeros(DataType.FLOAT32, IMAGES, SIDE, SIDE, CHANNELS);
          return () -> kernels.roiAlignBackward(FORM, regions, dy, dx);
        });
  }

  /** Sides of 40 to 120 pixels of the image, as the finest level of a pyramid gets them. */
  private static Regions regions() {
    Random random = new Random(0);
    float[] corners = new float[4 * REGIONS];
    int[] images = new int[REGIONS];
    int[] rows = new int[REGIONS];
    for (int i = 0; i < REGIONS; i++) {
      images[i] = i % IMAGES;
      rows[i] = i;
      for (int axis = 0; axis < 2; axis++) {
        float length = 40 + 80 * random.nextFloat();
        float start = (SIDE * STRIDE - length) * random.nextFloat();
        corners[4 * i + axis] = start;
        corners[4 * i + 2 + axis] = start + length;
      }
    }
    return new Regions(corners, images, rows);
  }

  private static Subject copyChannels() {
    return new Subject(
        "copyChannels",
        "256 of 512 @128 float32",
        DataType.FLOAT32,
        Work.moving(2 * MAPS, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor x = operands.normal(DataType.FLOAT32, IMAGES, SIDE, SIDE, CHANNELS);
          Tensor y = operands.zeros(DataType.FLOAT32, IMAGES, SIDE, SIDE, 2 * CHANNELS);
          return () -> kernels.copyChannels(x, 0, y, CHANNELS, CHANNELS);
        });
  }
}
