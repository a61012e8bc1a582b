package io.spikeformer.data.preview;

import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;

/** Pixels that can be drawn on. */
final class Canvas {
  private static final int COLOUR_BITS = 8;
  private static final int LEVELS = 256;

  private final int height;
  private final int width;
  private final byte[] pixels;

  /** Black. */
  Canvas(int height, int width) {
    this.height = height;
    this.width = width;
    this.pixels = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
  }

  /** A copy of an image. */
  static Canvas of(RgbImage image) {
    Canvas canvas = new Canvas(image.height(), image.width());
    System.arraycopy(image.pixels(), 0, canvas.pixels, 0, canvas.pixels.length);
    return canvas;
  }

  /** Gives all pixels one colour, 0xRRGGBB. */
  Canvas fill(int colour) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (colour >> COLOUR_BITS * (2 - i % RgbImage.CHANNELS));
    }
    return this;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Mixes a colour, 0xRRGGBB, into a pixel; outside of the canvas nothing happens. */
  void mix(int row, int column, int colour, double share) {
    if (row < 0 || column < 0 || row >= height || column >= width) {
      return;
    }
    int at = (row * width + column) * RgbImage.CHANNELS;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      int level = colour >> COLOUR_BITS * (2 - channel) & LEVELS - 1;
      double mixed = share * level + (1 - share) * (pixels[at + channel] & LEVELS - 1);
      pixels[at + channel] = (byte) Math.round(mixed);
    }
  }

  /** The outline of a box, drawn inwards from its edges. */
  void outline(double left, double top, double right, double bottom, int colour) {
    int first = (int) Math.floor(top);
    int last = (int) Math.ceil(bottom) - 1;
    int from = (int) Math.floor(left);
    int to = (int) Math.ceil(right) - 1;
    int thickness = Math.max(1, Math.min(height, width) / 200);
    for (int i = 0; i < thickness; i++) {
      for (int column = from; column <= to; column++) {
        mix(first + i, column, colour, 1);
        mix(last - i, column, colour, 1);
      }
      for (int row = first; row <= last; row++) {
        mix(row, from + i, colour, 1);
        mix(row, to - i, colour, 1);
      }
    }
  }

  /** A filled rectangle; what lies outside of the canvas is left out. */
  void rectangle(int top, int left, int rows, int columns, int colour) {
    for (int row = top; row < top + rows; row++) {
      for (int column = left; column < left + columns; column++) {
        mix(row, column, colour, 1);
      }
    }
  }

  /** Text whose first pixel comes to lie at a place. */
  void write(Lettering text, int top, int left, int colour) {
    for (int row = 0; row < text.height(); row++) {
      for (int column = 0; column < text.width(); column++) {
        mix(top + row, left + column, colour, text.share(row, column));
      }
    }
  }

  /**
   * A name on a patch of its colour above a corner, or below it where there is no room, moved so
   * that it lies on the canvas.
   *
   * @param capital height of a capital letter in pixels
   */
  void tag(String name, double left, double top, int colour, int capital) {
    Lettering text = Lettering.of(name, capital);
    int above = (int) Math.floor(top) - text.height();
    int below = Math.max(0, Math.min(height - text.height(), (int) Math.floor(top)));
    int row = above >= 0 ? above : below;
    int column = Math.max(0, Math.min(width - text.width(), (int) Math.floor(left)));
    rectangle(row, column, text.height(), text.width(), colour);
    write(text, row, column, ClassColours.ink(colour));
  }

  /** Copies an image so that its first pixel comes to lie at a place. */
  void paste(RgbImage image, int row, int column) {
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(
          image.pixels(),
          y * image.width() * RgbImage.CHANNELS,
          pixels,
          ((row + y) * width + column) * RgbImage.CHANNELS,
          image.width() * RgbImage.CHANNELS);
    }
  }

  RgbImage image() {
    return new RgbImage(height, width, pixels);
  }
}
