package io.spikeformer.data.augment;

import io.spikeformer.common.Text;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;

/**
 * Random erasing (Zhong et al., arXiv:1708.04896) of normalised pixels as timm does it in its pixel
 * mode: a rectangle is replaced by standard normal noise, drawn for each pixel and channel. Its
 * area is uniform in 2 % to 1/3 of the image's, its height / width log-uniform in 0.3 to 1 / 0.3. A
 * rectangle that does not fit is drawn again, at most ten times.
 *
 * @param probability that an image is treated, 0 to 1
 */
public record RandomErasing(double probability) implements Serializable {
  /** Nothing is erased. */
  public static final RandomErasing NONE = new RandomErasing(0);

  private static final double MIN_AREA = 0.02;
  private static final double MAX_AREA = 1.0 / 3;
  private static final double MAX_LOG_ASPECT = -StrictMath.log(0.3);
  private static final int ATTEMPTS = 10;

  /** Checks the range. */
  public RandomErasing {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          Text.format("random erasing: expected a probability of 0 to 1, found %s", probability));
    }
  }

  /**
   * Erases in place.
   *
   * @param pixels normalised, [height, width, channels] from the offset on
   * @param offset of the image
   * @param height rows
   * @param width columns
   * @param channels values of a pixel
   * @param random of the draws
   */
  public void apply(
      float[] pixels, int offset, int height, int width, int channels, SeededRandom random) {
    if (random.nextDouble() >= probability) {
      return;
    }
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      double area = random.nextDouble(MIN_AREA, MAX_AREA) * height * width;
      double aspect = StrictMath.exp(random.nextDouble(-MAX_LOG_ASPECT, MAX_LOG_ASPECT));
      int rows = (int) Math.rint(Math.sqrt(area * aspect));
      int columns = (int) Math.rint(Math.sqrt(area / aspect));
      if (rows < height && columns < width) {
        int top = random.nextInt(height - rows + 1);
        int left = random.nextInt(width - columns + 1);
        for (int row = top; row < top + rows; row++) {
          int from = offset + (row * width + left) * channels;
          for (int i = from; i < from + columns * channels; i++) {
            pixels[i] = (float) random.nextGaussian();
          }
        }
        return;
      }
    }
  }
}
