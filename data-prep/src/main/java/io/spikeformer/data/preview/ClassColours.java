package io.spikeformer.data.preview;

/** Colours by which neighbouring class numbers are told apart. */
public final class ClassColours {
  /** Turns of the colour circle from one class to the next: the golden section. */
  private static final double TURN = 0.618_033_988_749_895;

  private static final int SECTORS = 6;
  private static final int LEVELS = 255;

  private ClassColours() {}

  /** The colour of a class, 0xRRGGBB. */
  public static int of(int label) {
    double hue = label * TURN % 1 * SECTORS;
    int red = level(Math.abs(hue - 3) - 1);
    int green = level(2 - Math.abs(hue - 2));
    int blue = level(2 - Math.abs(hue - 4));
    return red << 16 | green << 8 | blue;
  }

  /**
   * The colour of a class of pixels, 0xRRGGBB, as in the label images of VOC2012: the bits of the
   * label in turn become the upper bits of red, green and blue (VOC devkit, VOClabelcolormap).
   */
  public static int ofPixels(int label) {
    int colour = 0;
    int rest = label;
    for (int bit = Byte.SIZE - 1; bit >= 0; bit--) {
      colour |= (rest & 1) << bit + 16 | (rest >> 1 & 1) << bit + 8 | (rest >> 2 & 1) << bit;
      rest >>= 3;
    }
    return colour;
  }

  /** Black or white, whichever is easier to read on a colour. */
  static int ink(int colour) {
    double luma =
        0.299 * (colour >> 16 & 0xff) + 0.587 * (colour >> 8 & 0xff) + 0.114 * (colour & 0xff);
    return luma > LEVELS / 2.0 ? 0x000000 : 0xffffff;
  }

  private static int level(double value) {
    return (int) Math.round(LEVELS * Math.max(0, Math.min(1, value)));
  }
}
