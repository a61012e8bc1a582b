package io.spikeformer.data.image;

import static io.spikeformer.data.image.ResizeTaps.FRACTION_BITS;
import static io.spikeformer.data.image.ResizeTaps.HALF;

import java.util.Arrays;

/** The sums as they are defined. */
final class PlainPasses implements ResizePasses {
  @Override
  public byte[] columns(RgbImage image, Box box, ResizeTaps taps) {
    int outputs = taps.first().length;
    byte[] source = image.pixels();
    byte[] target = new byte[box.height() * outputs * RgbImage.CHANNELS];
    int to = 0;
    for (int row = 0; row < box.height(); row++) {
      int rowStart = ((box.top() + row) * image.width() + box.left()) * RgbImage.CHANNELS;
      for (int x = 0; x < outputs; x++) {
        int from = rowStart + taps.first()[x] * RgbImage.CHANNELS;
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        for (int weight : taps.weights()[x]) {
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

  @Override
  public byte[] rows(byte[] source, int width, ResizeTaps taps) {
    int outputs = taps.first().length;
    int rowLength = width * RgbImage.CHANNELS;
    byte[] target = new byte[outputs * rowLength];
    int[] sums = new int[rowLength];
    for (int y = 0; y < outputs; y++) {
      Arrays.fill(sums, HALF);
      int from = taps.first()[y] * rowLength;
      for (int weight : taps.weights()[y]) {
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
}
