package io.spikeformer.data.image;

import java.util.Arrays;

/**
 * Antialiased resizing that gives the same grey levels as Pillow's {@code Image.resize}.
 *
 * <p>Two passes, columns first, each a weighted sum of the source pixels under a triangle or a
 * cubic (a = -0.5) whose width grows with the reduction. As in Pillow, the weights are fixed-point
 * numbers with 22 fractional bits and the first pass is rounded to 8 bits, which is what makes the
 * levels equal.
 */
public final class ImageResize {
  private static final int FRACTION_BITS = 22;
  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private ImageResize() {}

  /**
   * Crops, then resizes: pixels outside the box have no influence.
   *
   * @param image the source
   * @param box the part to resize, inside the image
   * @param height rows of the result, &gt;= 1
   * @param width columns of the result, &gt;= 1
   * @param interpolation of the levels
   */
  public static RgbImage resize(
      RgbImage image, Box box, int height, int width, Interpolation interpolation) {
    if (!box.inside(image)) {
      throw new IllegalArgumentException(
          "resize: expected a box inside %d x %d, found %s"
              .formatted(image.height(), image.width(), box));
    }
    byte[] columns = resizeColumns(image, box, Taps.of(box.width(), width, interpolation));
    Taps rows = Taps.of(box.height(), height, interpolation);
    return new RgbImage(height, width, resizeRows(columns, width, rows));
  }

  /** [box.height, box.width, 3] of the image -> [box.height, outputs, 3]. */
  private static byte[] resizeColumns(RgbImage image, Box box, Taps taps) {
    int outputs = taps.first.length;
    byte[] source = image.pixels();
    byte[] target = new byte[box.height() * outputs * RgbImage.CHANNELS];
    int to = 0;
    for (int row = 0; row < box.height(); row++) {
      int rowStart = ((box.top() + row) * image.width() + box.left()) * RgbImage.CHANNELS;
      for (int x = 0; x < outputs; x++) {
        int from = rowStart + taps.first[x] * RgbImage.CHANNELS;
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int weight : taps.weights[x]) {
          red += weight * (source[from] & 0xff);
          green += weight * (source[from + 1] & 0xff);
          blue += weight * (source[from + 2] & 0xff);
          from += RgbImage.CHANNELS;
        }
        target[to++] = level(red);
        target[to++] = level(green);
        target[to++] = level(blue);
      }
    }
    return target;
  }

  /** [rows, width, 3] -> [outputs, width, 3]. */
  private static byte[] resizeRows(byte[] source, int width, Taps taps) {
    int outputs = taps.first.length;
    int rowLength = width * RgbImage.CHANNELS;
    byte[] target = new byte[outputs * rowLength];
    int[] sums = new int[rowLength];
    for (int y = 0; y < outputs; y++) {
      Arrays.fill(sums, HALF);
      int from = taps.first[y] * rowLength;
      for (int weight : taps.weights[y]) {
        for (int i = 0; i < rowLength; i++) {
          sums[i] += weight * (source[from + i] & 0xff);
        }
        from += rowLength;
      }
      for (int i = 0; i < rowLength; i++) {
        target[y * rowLength + i] = level(sums[i]);
      }
    }
    return target;
  }

  private static byte level(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
  }

  /** For each output, the first source pixel and the weights from there on. */
  private record Taps(int[] first, int[][] weights) {
    static Taps of(int inputs, int outputs, Interpolation interpolation) {
      if (outputs < 1) {
        throw new IllegalArgumentException("resize: expected a size >= 1, found " + outputs);
      }
      double scale = (double) inputs / outputs;
      double stretch = Math.max(scale, 1);
      double support = interpolation.radius() * stretch;
      int[] first = new int[outputs];
      int[][] weights = new int[outputs][];
      for (int x = 0; x < outputs; x++) {
        double center = (x + 0.5) * scale;
        int from = Math.max(0, (int) (center - support + 0.5));
        int to = Math.min(inputs, (int) (center + support + 0.5));
        first[x] = from;
        weights[x] = weights(from, to, center, stretch, interpolation);
      }
      return new Taps(first, weights);
    }

    private static int[] weights(
        int from, int to, double center, double stretch, Interpolation interpolation) {
      double[] exact = new double[to - from];
      double sum = 0;
      for (int i = 0; i < exact.length; i++) {
        exact[i] = interpolation.weight((from + i - center + 0.5) / stretch);
        sum += exact[i];
      }
      int[] fixed = new int[exact.length];
      for (int i = 0; i < fixed.length; i++) {
        double scaled = exact[i] / sum * (1 << FRACTION_BITS);
        fixed[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      return fixed;
    }
  }
}
