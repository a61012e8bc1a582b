package io.spikeformer.data.geometry;

import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.RgbImage;
import java.util.Objects;

/**
 * A drawn plan for one sample, the same for its image, boxes, masks and label map: resize the whole
 * image, cut a window out, flip it, pad below and on the right.
 *
 * @param sourceHeight rows before
 * @param sourceWidth columns before
 * @param scaledHeight rows once resized
 * @param scaledWidth columns once resized
 * @param window part of the resized image that is kept
 * @param flip of the window
 * @param height rows of the result, at least the window's
 * @param width columns of the result, at least the window's
 */
public record Geometry(
    int sourceHeight,
    int sourceWidth,
    int scaledHeight,
    int scaledWidth,
    Box window,
    Flip flip,
    int height,
    int width) {
  /** Checks that each part fits into the one before. */
  public Geometry {
    Objects.requireNonNull(flip, "flip");
    boolean sizes = sourceHeight > 0 && sourceWidth > 0 && scaledHeight > 0 && scaledWidth > 0;
    boolean inside =
        window.top() + window.height() <= scaledHeight
            && window.left() + window.width() <= scaledWidth;
    if (!sizes || !inside || height < window.height() || width < window.width()) {
      throw new IllegalArgumentException(
          "geometry: expected a window inside %d x %d and inside the result, %d x %d, found %s"
              .formatted(scaledHeight, scaledWidth, height, width, window));
    }
  }

  /** Nothing but a change of size. */
  public static Geometry resize(int sourceHeight, int sourceWidth, int height, int width) {
    Box whole = new Box(0, 0, height, width);
    return new Geometry(sourceHeight, sourceWidth, height, width, whole, Flip.NONE, height, width);
  }

  /** Nothing but a flip. */
  public static Geometry flip(int height, int width) {
    Box whole = new Box(0, 0, height, width);
    return new Geometry(height, width, height, width, whole, Flip.HORIZONTAL, height, width);
  }

  /** Columns of the result per column of the source. */
  public double scaleX() {
    return (double) scaledWidth / sourceWidth;
  }

  /** Rows of the result per row of the source. */
  public double scaleY() {
    return (double) scaledHeight / sourceHeight;
  }

  /** The part of the result that is no padding. */
  public Rect content() {
    return new Rect(0, 0, window.width(), window.height());
  }

  /** Where the rows of a mask or label map come from. */
  public AxisMap rows() {
    return AxisMap.of(sourceHeight, scaledHeight, window.top(), window.height(), height);
  }

  /** Where the columns of a mask or label map come from. */
  public AxisMap columns() {
    AxisMap columns = AxisMap.of(sourceWidth, scaledWidth, window.left(), window.width(), width);
    return flip == Flip.HORIZONTAL ? columns.mirrored(window.width()) : columns;
  }

  /** Where a rectangle of the source comes to lie; parts outside the window are not cut off. */
  public Rect apply(Rect box) {
    double boxWidth = box.width() * scaleX();
    double left = box.x() * scaleX() - window.left();
    double x = flip == Flip.HORIZONTAL ? window.width() - left - boxWidth : left;
    return new Rect(x, box.y() * scaleY() - window.top(), boxWidth, box.height() * scaleY());
  }

  /**
   * The image, resized bicubic and antialiased.
   *
   * @param image of the source's size
   * @param colour of the padding, 0xRRGGBB
   */
  public RgbImage apply(RgbImage image, int colour) {
    requireSource(image.height(), image.width());
    boolean same = scaledHeight == sourceHeight && scaledWidth == sourceWidth;
    RgbImage scaled = same ? image : BicubicResize.resize(image, scaledHeight, scaledWidth);
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    if (window.height() < height || window.width() < width) {
      fill(pixels, colour);
    }
    for (int y = 0; y < window.height(); y++) {
      int from = ((window.top() + y) * scaledWidth + window.left()) * RgbImage.CHANNELS;
      int to = y * width * RgbImage.CHANNELS;
      int length = window.width() * RgbImage.CHANNELS;
      if (flip == Flip.HORIZONTAL) {
        copyMirrored(scaled.pixels(), from, pixels, to, length);
      } else {
        System.arraycopy(scaled.pixels(), from, pixels, to, length);
      }
    }
    return new RgbImage(height, width, pixels);
  }

  /** Refuses anything that is not of the source's size. */
  public void requireSource(int foundHeight, int foundWidth) {
    if (foundHeight != sourceHeight || foundWidth != sourceWidth) {
      throw new IllegalArgumentException(
          "geometry: expected a source of %d x %d pixels, found %d x %d"
              .formatted(sourceHeight, sourceWidth, foundHeight, foundWidth));
    }
  }

  private static void copyMirrored(byte[] source, int from, byte[] target, int to, int length) {
    for (int i = 0; i < length; i += RgbImage.CHANNELS) {
      int pixel = from + length - RgbImage.CHANNELS - i;
      System.arraycopy(source, pixel, target, to + i, RgbImage.CHANNELS);
    }
  }

  private static void fill(byte[] pixels, int colour) {
    for (int i = 0; i < pixels.length; i += RgbImage.CHANNELS) {
      pixels[i] = (byte) (colour >> 16);
      pixels[i + 1] = (byte) (colour >> 8);
      pixels[i + 2] = (byte) colour;
    }
  }
}
