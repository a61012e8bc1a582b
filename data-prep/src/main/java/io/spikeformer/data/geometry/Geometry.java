package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.ImageResize;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import java.util.Objects;

/**
 * Where the pixels of one sample go, the same for its image, boxes, masks and label map: cut a part
 * out, resize it, lay a window on it, flip the window, pad below and on the right. Where the window
 * overhangs the resized part there is padding too.
 *
 * @param sourceHeight rows before
 * @param sourceWidth columns before
 * @param part of the source that is resized
 * @param scaledHeight rows of the part once resized
 * @param scaledWidth columns of the part once resized
 * @param window on the resized part
 * @param flip of the window
 * @param height rows of the result, at least the window's
 * @param width columns of the result, at least the window's
 */
public record Geometry(
    int sourceHeight,
    int sourceWidth,
    Box part,
    int scaledHeight,
    int scaledWidth,
    Box window,
    Flip flip,
    int height,
    int width) {
  private static final int CHANNELS = RgbImage.CHANNELS;

  /** Checks that the part lies in the source and the window in the result. */
  public Geometry {
    Objects.requireNonNull(flip, "flip");
    if (!part.inside(sourceHeight, sourceWidth) || scaledHeight < 1 || scaledWidth < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "geometry: expected a part inside %d x %d, resized to at least 1 x 1, found %s to"
                  + " %d x %d",
              sourceHeight, sourceWidth, part, scaledHeight, scaledWidth));
    }
    if (height < window.height() || width < window.width()) {
      throw new IllegalArgumentException(
          Text.format(
              "geometry: expected a window inside the result, %d x %d, found %s",
              height, width, window));
    }
  }

  /** A change of size alone. */
  public static Geometry resize(int sourceHeight, int sourceWidth, int height, int width) {
    Box all = new Box(0, 0, sourceHeight, sourceWidth);
    Box window = new Box(0, 0, height, width);
    return new Geometry(
        sourceHeight, sourceWidth, all, height, width, window, Flip.NONE, height, width);
  }

  /** Every pixel stays where it is. */
  public static Geometry identity(int height, int width) {
    return resize(height, width, height, width);
  }

  /** A flip alone. */
  public static Geometry flip(int height, int width) {
    return identity(height, width).with(Flip.HORIZONTAL);
  }

  /** The same with another flip of its window. */
  public Geometry with(Flip other) {
    return new Geometry(
        sourceHeight, sourceWidth, part, scaledHeight, scaledWidth, window, other, height, width);
  }

  /** The same with this window on the resized part; the result is the window. */
  public Geometry cut(Box other) {
    return new Geometry(
        sourceHeight,
        sourceWidth,
        part,
        scaledHeight,
        scaledWidth,
        other,
        flip,
        other.height(),
        other.width());
  }

  /** The same with padding below and on the right of its window. */
  public Geometry padded(Padding padding) {
    return new Geometry(
        sourceHeight,
        sourceWidth,
        part,
        scaledHeight,
        scaledWidth,
        window,
        flip,
        padding.height(window.height()),
        padding.width(window.width()));
  }

  /** The size of the result without the padding below and on the right of its window. */
  public Size windowSize() {
    return new Size(window.height(), window.width());
  }

  /** Whether no pixel of the source is cut off. */
  public boolean showsAll() {
    Rect content = content();
    return part.equals(new Box(0, 0, sourceHeight, sourceWidth))
        && content.height() == scaledHeight
        && content.width() == scaledWidth;
  }

  /** Columns of the result per column of the source. */
  public double scaleX() {
    return (double) scaledWidth / part.width();
  }

  /** Rows of the result per row of the source. */
  public double scaleY() {
    return (double) scaledHeight / part.height();
  }

  /** The part of the result that is no padding; empty where the window lies beside the pixels. */
  public Rect content() {
    int left = within(-window.left(), window.width());
    int right = within(scaledWidth - window.left(), window.width());
    int top = within(-window.top(), window.height());
    int bottom = within(scaledHeight - window.top(), window.height());
    return flip == Flip.HORIZONTAL
        ? Rect.between(window.width() - right, top, window.width() - left, bottom)
        : Rect.between(left, top, right, bottom);
  }

  /** Where the rows of a mask or label map come from. */
  public AxisMap rows() {
    return new AxisMap.Piece(part.top(), part.height(), scaledHeight, window.top(), window.height())
        .map(sourceHeight, height);
  }

  /** Where the columns of a mask or label map come from. */
  public AxisMap columns() {
    AxisMap columns =
        new AxisMap.Piece(part.left(), part.width(), scaledWidth, window.left(), window.width())
            .map(sourceWidth, width);
    return flip == Flip.HORIZONTAL ? columns.mirrored(window.width()) : columns;
  }

  /** Where a rectangle of the source comes to lie; parts outside the window are not cut off. */
  public Rect apply(Rect box) {
    double boxWidth = box.width() * scaleX();
    double left = (box.x() - part.left()) * scaleX() - window.left();
    double x = flip == Flip.HORIZONTAL ? window.width() - left - boxWidth : left;
    double y = (box.y() - part.top()) * scaleY() - window.top();
    return new Rect(x, y, boxWidth, box.height() * scaleY());
  }

  /** Where a rectangle of the result comes from; it may lie partly or wholly beside the source. */
  public Rect toSource(Rect box) {
    double left = flip == Flip.HORIZONTAL ? window.width() - box.right() : box.x();
    double x = (left + window.left()) / scaleX() + part.left();
    double y = (box.y() + window.top()) / scaleY() + part.top();
    return new Rect(x, y, box.width() / scaleX(), box.height() / scaleY());
  }

  /**
   * The image, resized bicubic and antialiased.
   *
   * @param image of the source's size
   * @param colour of the padding, 0xRRGGBB
   */
  public RgbImage apply(RgbImage image, int colour) {
    return place(scale(image, Interpolation.BICUBIC), colour);
  }

  /**
   * The first step: the part of the image, antialiased at its new size.
   *
   * @param image of the source's size
   */
  public RgbImage scale(RgbImage image, Interpolation interpolation) {
    requireSource(image.height(), image.width());
    boolean same =
        part.height() == sourceHeight
            && part.width() == sourceWidth
            && scaledHeight == sourceHeight
            && scaledWidth == sourceWidth;
    return same ? image : ImageResize.resize(image, part, scaledHeight, scaledWidth, interpolation);
  }

  /**
   * The second step: window, flip and padding.
   *
   * @param scaled what {@link #scale} gave
   * @param colour of the padding, 0xRRGGBB
   */
  public RgbImage place(RgbImage scaled, int colour) {
    Rect content = content();
    boolean full = content.height() == height && content.width() == width;
    RgbImage placed = blank(full ? 0 : colour);
    place(scaled, placed);
    return placed;
  }

  /** An image of the result's size and one colour, 0xRRGGBB. */
  public RgbImage blank(int colour) {
    byte[] pixels = new byte[height * width * CHANNELS];
    if (colour != 0) {
      fill(pixels, colour);
    }
    return new RgbImage(height, width, pixels);
  }

  /**
   * The second step onto an image that may hold others already: nothing is padded.
   *
   * @param scaled what {@link #scale} gave
   * @param onto of the result's size; its pixels under the content are changed
   */
  public void place(RgbImage scaled, RgbImage onto) {
    Rect content = content();
    if (content.area() == 0) {
      return;
    }
    int first = (int) content.x();
    int length = (int) content.width() * CHANNELS;
    int left = flip == Flip.HORIZONTAL ? window.width() - (int) content.right() : first;
    for (int y = (int) content.y(); y < content.bottom(); y++) {
      int from = ((window.top() + y) * scaledWidth + window.left() + left) * CHANNELS;
      int to = (y * width + first) * CHANNELS;
      if (flip == Flip.HORIZONTAL) {
        copyMirrored(scaled.pixels(), from, onto.pixels(), to, length);
      } else {
        System.arraycopy(scaled.pixels(), from, onto.pixels(), to, length);
      }
    }
  }

  /** Refuses anything that is not of the source's size. */
  public void requireSource(int foundHeight, int foundWidth) {
    if (foundHeight != sourceHeight || foundWidth != sourceWidth) {
      throw new IllegalArgumentException(
          Text.format(
              "geometry: expected a source of %d x %d pixels, found %d x %d",
              sourceHeight, sourceWidth, foundHeight, foundWidth));
    }
  }

  private static int within(int place, int side) {
    return Math.max(0, Math.min(side, place));
  }

  private static void copyMirrored(byte[] source, int from, byte[] target, int to, int length) {
    for (int i = 0; i < length; i += CHANNELS) {
      int pixel = from + length - CHANNELS - i;
      System.arraycopy(source, pixel, target, to + i, CHANNELS);
    }
  }

  private static void fill(byte[] pixels, int colour) {
    for (int i = 0; i < pixels.length; i += CHANNELS) {
      pixels[i] = (byte) (colour >> 16);
      pixels[i + 1] = (byte) (colour >> 8);
      pixels[i + 2] = (byte) colour;
    }
  }
}
