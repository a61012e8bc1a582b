package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * A decoded image: 8 bits a channel, red, green, blue, row by row ([H, W, 3], C-contiguous).
 *
 * @param height rows, &gt;= 1
 * @param width columns, &gt;= 1
 * @param pixels height * width * 3 bytes; not copied, not to be changed
 */
public record RgbImage(int height, int width, byte[] pixels) {
  /** Red, green, blue. */
  public static final int CHANNELS = 3;

  /** Checks the size. */
  public RgbImage {
    if (height < 1 || width < 1 || pixels.length != (long) height * width * CHANNELS) {
      throw new IllegalArgumentException(
          Text.format(
              "image of %d x %d: expected %d bytes, found %d",
              height, width, (long) height * width * CHANNELS, pixels.length));
    }
  }

  /** One sample of one pixel, 0..255. */
  public int value(int row, int column, int channel) {
    return pixels[(row * width + column) * CHANNELS + channel] & 0xff;
  }
}
