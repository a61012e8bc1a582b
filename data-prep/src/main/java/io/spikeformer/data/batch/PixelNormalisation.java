package io.spikeformer.data.batch;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.RgbImage;
import java.io.Serializable;
import java.util.List;

/**
 * Normalisation of a channel: (level / 255 - mean) / deviation, as in torchvision.
 *
 * @param mean of red, green and blue, in units of level / 255, in [0, 1]
 * @param deviation standard deviation of red, green and blue, in units of level / 255, in (0, 1]
 */
public record PixelNormalisation(List<Double> mean, List<Double> deviation)
    implements Serializable {
  /** The statistics of ImageNet. */
  public static final PixelNormalisation IMAGENET =
      new PixelNormalisation(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** The statistics of CIFAR-10. */
  public static final PixelNormalisation CIFAR10 =
      new PixelNormalisation(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616));

  private static final int LEVELS = 256;

  /** Checks the number of channels and the deviations. */
  public PixelNormalisation {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.size() != 3 || deviation.size() != 3) {
      throw new IllegalArgumentException(
          Text.format(
              "normalisation: expected 3 means and 3 deviations, found %d and %d",
              mean.size(), deviation.size()));
    }
    if (!mean.stream().allMatch(value -> value >= 0 && value <= 1)) {
      throw outside("means in [0, 1]", mean);
    }
    if (!deviation.stream().allMatch(value -> value > 0 && value <= 1)) {
      throw outside("deviations above 0 and at most 1", deviation);
    }
  }

  private static IllegalArgumentException outside(String expected, List<Double> found) {
    boolean levels =
        found.stream().allMatch(value -> value >= 0 && value < LEVELS)
            && found.stream().anyMatch(value -> value > 1);
    return new IllegalArgumentException(
        Text.format(
            "normalisation: expected %s, of pixels in [0, 1], found %s%s",
            expected, found, levels ? ", as of levels from 0 to 255; divide each by 255" : ""));
  }

  /** The colour of the means, 0xRRGGBB: what augmentation fills empty places with. */
  public int meanColour() {
    int colour = 0;
    for (double value : mean) {
      int level = (int) Math.rint(value * (LEVELS - 1));
      colour = colour << Byte.SIZE | Math.max(0, Math.min(LEVELS - 1, level));
    }
    return colour;
  }

  /**
   * The image that was normalised, to whole levels.
   *
   * @param pixels normalised values, [height, width, 3] of them from {@code from} on
   */
  public RgbImage image(float[] pixels, int from, int height, int width) {
    byte[] levels = new byte[height * width * RgbImage.CHANNELS];
    for (int i = 0; i < levels.length; i++) {
      int channel = i % RgbImage.CHANNELS;
      double value = pixels[from + i] * deviation.get(channel) + mean.get(channel);
      long level = Math.round(value * (LEVELS - 1));
      levels[i] = (byte) Math.max(0, Math.min(LEVELS - 1, level));
    }
    return new RgbImage(height, width, levels);
  }

  /** The normalised value of every grey level: [channel][level]. */
  float[][] table() {
    float[][] table = new float[mean.size()][LEVELS];
    for (int channel = 0; channel < table.length; channel++) {
      for (int level = 0; level < LEVELS; level++) {
        table[channel][level] =
            (float) ((level / 255.0 - mean.get(channel)) / deviation.get(channel));
      }
    }
    return table;
  }
}
