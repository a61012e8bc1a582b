package io.spikeformer.data.geometry;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;
import java.io.Serializable;
import java.util.Objects;

/** Which part of an image the model sees, and how large: the one way to draw a plan. */
public sealed interface Crop extends Serializable
    permits Crop.RandomResized,
        Crop.Padded,
        Crop.Centre,
        Crop.Whole,
        Crop.Scaled,
        Letterbox,
        OneOf,
        Zoomed {
  /** The size of what the model sees. */
  Extent extent();

  /** How levels between pixels are found, unless an augmentation draws that. */
  default Interpolation interpolation() {
    return Interpolation.BICUBIC;
  }

  /**
   * Where the pixels of an image of height x width go, before a flip.
   *
   * @param random gives what is drawn; how many numbers, the kind of crop and the image decide
   * @param labels of the image's pixels, or {@link LabelShare#NONE}
   * @throws IllegalArgumentException if the image is too small for the crop, or of another size
   */
  Geometry draw(int height, int width, SeededRandom random, LabelShare labels);

  /** The same for an image whose pixels have no labels. */
  default Geometry draw(int height, int width, SeededRandom random) {
    return draw(height, width, random, LabelShare.NONE);
  }

  /**
   * Training at ImageNet sizes: a random part of the image, resized to the square (bicubic,
   * antialiased). Drawn as torchvision's {@code RandomResizedCrop}.
   *
   * @param size side of the square
   * @param minScale smallest part of the image's area, in (0, 1]
   * @param maxScale largest part of the image's area, in [minScale, 1]
   * @param minRatio smallest width / height, &gt; 0
   * @param maxRatio largest width / height, &gt;= minRatio
   */
  record RandomResized(int size, double minScale, double maxScale, double minRatio, double maxRatio)
      implements Crop {
    private static final int ATTEMPTS = 10;

    /** Checks the ranges. */
    public RandomResized {
      requireSize(size);
      if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
        throw new IllegalArgumentException(
            Text.format(
                "crop scale: expected 0 < min <= max <= 1, found %s and %s", minScale, maxScale));
      }
      if (!(minRatio > 0 && minRatio <= maxRatio && maxRatio < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            Text.format(
                "crop ratio: expected 0 < min <= max, found %s and %s", minRatio, maxRatio));
      }
    }

    /** The usual ranges: area 0.08 to 1, ratio 3/4 to 4/3. */
    public static RandomResized ofSize(int size) {
      return new RandomResized(size, 0.08, 1, 3.0 / 4, 4.0 / 3);
    }

    @Override
    public Extent extent() {
      return Extent.square(size);
    }

    @Override
    public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
      Box square = new Box(0, 0, size, size);
      Box part = part(height, width, random);
      return new Geometry(height, width, part, size, size, square, Flip.NONE, size, size);
    }

    /** As torchvision: ten draws of area and ratio, then the largest centred box of the ratios. */
    private Box part(int height, int width, SeededRandom random) {
      double area = (double) height * width;
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        double target = area * random.nextDouble(minScale, maxScale);
        double ratio = Math.exp(random.nextDouble(Math.log(minRatio), Math.log(maxRatio)));
        int boxWidth = (int) Math.rint(Math.sqrt(target * ratio));
        int boxHeight = (int) Math.rint(Math.sqrt(target / ratio));
        if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
          int top = random.nextInt(height - boxHeight + 1);
          int left = random.nextInt(width - boxWidth + 1);
          return new Box(top, left, boxHeight, boxWidth);
        }
      }
      double ratio = (double) width / height;
      int boxHeight = ratio < minRatio ? (int) Math.rint(width / minRatio) : height;
      int boxWidth = ratio > maxRatio ? (int) Math.rint(height * maxRatio) : width;
      boxHeight = Math.max(1, Math.min(height, boxHeight));
      boxWidth = Math.max(1, Math.min(width, boxWidth));
      return new Box((height - boxHeight) / 2, (width - boxWidth) / 2, boxHeight, boxWidth);
    }
  }

  /**
   * Training at CIFAR sizes: black pixels are added on each side, then a random square is cut out.
   *
   * @param size side of the square; the image must have at least size - 2 padding a side
   * @param padding pixels on each side, &gt;= 0
   */
  record Padded(int size, int padding) implements Crop {
    /** Checks the ranges. */
    public Padded {
      requireSize(size);
      if (padding < 0) {
        throw new IllegalArgumentException(
            Text.format("crop padding: expected >= 0 pixels, found %s", padding));
      }
    }

    @Override
    public Extent extent() {
      return Extent.square(size);
    }

    @Override
    public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
      int top = random.nextInt(slack(height) + 1) - padding;
      int left = random.nextInt(slack(width) + 1) - padding;
      return Geometry.identity(height, width).cut(new Box(top, left, size, size));
    }

    /** How far the square can move along one side of the padded image. */
    private int slack(int side) {
      int slack = side + 2 * padding - size;
      if (slack < 0) {
        throw new IllegalArgumentException(
            Text.format(
                "expected a side of at least %d pixels for a crop of %d padded by %d, found %d;"
                    + " choose another crop",
                size - 2 * padding, size, padding, side));
      }
      return slack;
    }
  }

  /**
   * Evaluation: the short side is resized (bicubic, antialiased), then the centre is cut out.
   *
   * @param size side of the square
   * @param shortSide of the resized image, &gt;= size
   */
  record Centre(int size, int shortSide) implements Crop {
    /** Checks the ranges. */
    public Centre {
      requireSize(size);
      if (shortSide < size) {
        throw new IllegalArgumentException(
            Text.format(
                "crop short side: expected >= the size of the crop, %d, found %d",
                size, shortSide));
      }
    }

    @Override
    public Extent extent() {
      return Extent.square(size);
    }

    @Override
    public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
      Geometry resized =
          height <= width
              ? Geometry.resize(height, width, shortSide, longSide(width, height))
              : Geometry.resize(height, width, longSide(height, width), shortSide);
      int top = centred(resized.scaledHeight());
      int left = centred(resized.scaledWidth());
      return resized.cut(new Box(top, left, size, size));
    }

    /** Cut to whole pixels, as in torchvision. */
    private int longSide(int longer, int shorter) {
      return (int) ((long) shortSide * longer / shorter);
    }

    /** First row or column of the centre; halves go to the even number, as in torchvision. */
    private int centred(int side) {
      return (int) Math.rint((side - size) / 2.0);
    }
  }

  /**
   * The image as it is.
   *
   * @param size side that every image must have
   */
  record Whole(int size) implements Crop {
    /** Checks the range. */
    public Whole {
      requireSize(size);
    }

    @Override
    public Extent extent() {
      return Extent.square(size);
    }

    @Override
    public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
      if (height != size || width != size) {
        throw new IllegalArgumentException(
            Text.format(
                "expected %d x %d pixels, found %d x %d; choose a crop that resizes"
                    + " (data.evaluation.crop=centre)",
                size, size, height, width));
      }
      return Geometry.identity(height, width);
    }
  }

  /**
   * Segmentation and detection: the whole image is resized (bilinear, antialiased), its ratio kept,
   * then a window is cut out and padded. The draws, in this order: factor of the size, place of the
   * window. OpenCV's bilinear reduction, which other frameworks use, is not antialiased.
   *
   * @param resize size of the whole image
   * @param window part that is kept
   * @param padding of the result, below and on the right
   */
  record Scaled(Resize resize, Window window, Padding padding) implements Crop {
    /** Checks that nothing is missing. */
    public Scaled {
      Objects.requireNonNull(resize, "resize");
      Objects.requireNonNull(window, "window");
      Objects.requireNonNull(padding, "padding");
    }

    /** Resize and padding alone: nothing is drawn. */
    public static Scaled fit(int shortSide, int longSide, Padding padding) {
      return new Scaled(Resize.Fit.within(shortSide, longSide), new Window.Whole(), padding);
    }

    @Override
    public Extent extent() {
      return window.extent(resize, padding);
    }

    @Override
    public Interpolation interpolation() {
      return Interpolation.BILINEAR;
    }

    @Override
    public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
      double scale = resize.scale(height, width, random);
      int scaledHeight = Resize.pixels(height, scale);
      int scaledWidth = Resize.pixels(width, scale);
      Geometry resized = Geometry.resize(height, width, scaledHeight, scaledWidth);
      return window.draw(resized, random, labels).padded(padding);
    }
  }

  private static void requireSize(int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          Text.format("crop size: expected >= 1 pixel, found %s", size));
    }
  }
}
