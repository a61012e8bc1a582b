package io.spikeformer.data.augment;

import io.spikeformer.data.image.RgbImage;

/** Turns the hue, as torchvision does through Pillow's 8-bit HSV. */
final class Hue {
  private static final int SECTORS = 6;
  private static final double FULL = 255;

  private Hue() {}

  /**
   * Turns the hue of every pixel.
   *
   * @param turn in full circles, -0.5 to 0.5; cut to whole 255ths
   */
  static RgbImage turn(RgbImage image, double turn) {
    int added = (int) (turn * FULL);
    byte[] pixels = image.pixels();
    byte[] turned = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      int red = pixels[i] & 0xff;
      int green = pixels[i + 1] & 0xff;
      int blue = pixels[i + 2] & 0xff;
      int value = Math.max(red, Math.max(green, blue));
      int range = value - Math.min(red, Math.min(green, blue));
      int saturation = range == 0 ? 0 : (int) ((float) range / value * FULL);
      int hue = range == 0 ? 0 : hue(red, green, blue, value, range);
      int sum = (hue + added) & 0xff;
      write(turned, i, sum * (double) SECTORS / FULL, saturation, value);
    }
    return new RgbImage(image.height(), image.width(), turned);
  }

  /**
   * 0 to 255 for a full circle from red over green and blue; single precision where Pillow's is.
   */
  private static int hue(int red, int green, int blue, int value, int range) {
    float fromRed = (float) (value - red) / range;
    float fromGreen = (float) (value - green) / range;
    float fromBlue = (float) (value - blue) / range;
    float sector;
    if (red == value) {
      sector = fromBlue - fromGreen;
    } else if (green == value) {
      sector = (float) (2.0 + fromRed - fromBlue);
    } else {
      sector = (float) (4.0 + fromGreen - fromRed);
    }
    float circle = (float) ((sector / (double) SECTORS + 1) % 1);
    return (int) (circle * FULL);
  }

  /**
   * Writes a pixel.
   *
   * @param place of the hue in sixths of the circle, 0 to 6
   * @param saturation 0 to 255
   * @param value 0 to 255
   */
  static void write(byte[] out, int at, double place, int saturation, int value) {
    int sector = (int) place;
    float part = (float) (place - sector);
    float share = (float) (saturation / FULL);
    int low = rounded(value * (1.0 - share));
    int falling = rounded(value * (1.0 - share * part));
    int rising = rounded(value * (1.0 - share * (1.0 - part)));
    int[] rgb =
        switch (sector % SECTORS) {
          case 0 -> new int[] {value, rising, low};
          case 1 -> new int[] {falling, value, low};
          case 2 -> new int[] {low, value, rising};
          case 3 -> new int[] {low, falling, value};
          case 4 -> new int[] {rising, low, value};
          default -> new int[] {value, low, falling};
        };
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      out[at + channel] = (byte) rgb[channel];
    }
  }

  private static int rounded(double level) {
    return (int) (level + 0.5);
  }
}
