package io.spikeformer.data.batch;

import java.io.Serializable;

/** How the square that the model sees is taken from an image. */
public sealed interface Crop extends Serializable {
  /** Side of the square, in pixels. */
  int size();

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
    /** Checks the ranges. */
    public RandomResized {
      requireSize(size);
      if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
        throw new IllegalArgumentException(
            "crop scale: expected 0 < min <= max <= 1, found %s and %s"
                .formatted(minScale, maxScale));
      }
      if (!(minRatio > 0 && minRatio <= maxRatio && maxRatio < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "crop ratio: expected 0 < min <= max, found %s and %s".formatted(minRatio, maxRatio));
      }
    }

    /** The usual ranges: area 0.08 to 1, ratio 3/4 to 4/3. */
    public static RandomResized ofSize(int size) {
      return new RandomResized(size, 0.08, 1, 3.0 / 4, 4.0 / 3);
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
        throw new IllegalArgumentException("crop padding: expected >= 0 pixels, found " + padding);
      }
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
            "crop short side: expected >= the size of the crop, %d, found %d"
                .formatted(size, shortSide));
      }
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
  }

  private static void requireSize(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("crop size: expected >= 1 pixel, found " + size);
    }
  }
}
