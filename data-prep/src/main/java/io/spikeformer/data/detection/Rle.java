package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.AxisMap;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageHeader;
import java.util.Arrays;
import java.util.List;

/**
 * A binary mask [H, W] as run lengths: columns one after the other from the left, each from the
 * top, runs outside and inside the mask in turn, beginning outside. pycocotools' format; here only
 * the first run can be of length 0, so equal masks are equal objects. Immutable.
 */
public final class Rle {
  private final int height;
  private final int width;
  private final int[] counts;

  private Rle(int height, int width, int[] counts) {
    this.height = height;
    this.width = width;
    this.counts = counts;
  }

  static Rle of(int height, int width, RunWriter runs) {
    return new Rle(height, width, runs.counts());
  }

  /**
   * The mask with these runs.
   *
   * @param height rows
   * @param width columns
   * @param counts lengths of the runs, outside first; zeros may stand anywhere
   * @throws InvalidMaskException if a run is negative, they do not sum to height * width, or the
   *     size is beyond what images may have
   */
  public static Rle ofCounts(int height, int width, int... counts) {
    long pixels = requireSize(height, width);
    RunWriter runs = new RunWriter(counts.length);
    long sum = 0;
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 0) {
        throw new InvalidMaskException(
            Text.format("run %d of a mask: expected a length >= 0, found %d", i, counts[i]));
      }
      sum += counts[i];
      if (sum > pixels) {
        break;
      }
      if (i % 2 == 0) {
        runs.off(counts[i]);
      } else {
        runs.on(counts[i]);
      }
    }
    if (sum != pixels) {
      throw new InvalidMaskException(
          Text.format(
              "runs of a mask: expected a sum of %d x %d = %d pixels, found %s%d",
              height, width, pixels, sum > pixels ? "at least " : "", sum));
    }
    return of(height, width, runs);
  }

  /**
   * The mask in pycocotools' compressed text.
   *
   * @throws InvalidMaskException if the text is damaged or of another size
   */
  public static Rle parse(int height, int width, String text) {
    requireSize(height, width);
    return ofCounts(height, width, RleText.decode(text));
  }

  /**
   * Encodes a mask.
   *
   * @param mask [H, W], row by row; what is not 0 is inside
   */
  public static Rle encode(int height, int width, byte[] mask) {
    long pixels = requireSize(height, width);
    if (mask.length != pixels) {
      throw new InvalidMaskException(
          Text.format(
              "mask: expected %d x %d = %d bytes, found %d", height, width, pixels, mask.length));
    }
    RunWriter runs = new RunWriter();
    for (int column = 0; column < width; column++) {
      for (int row = 0; row < height; row++) {
        if (mask[row * width + column] != 0) {
          runs.on(1);
        } else {
          runs.off(1);
        }
      }
    }
    return of(height, width, runs);
  }

  /**
   * The pixels inside a polygon, rasterised as pycocotools does.
   *
   * @param polygon x and y of its corners in turn, in pixels
   * @throws InvalidMaskException if it is no polygon
   */
  public static Rle ofPolygon(int height, int width, double[] polygon) {
    requireSize(height, width);
    return PolygonRaster.rasterise(height, width, polygon);
  }

  /** The pixels of any of the masks, at least one, all of one size. */
  public static Rle union(List<Rle> masks) {
    Rle union = masks.get(0);
    for (Rle mask : masks.subList(1, masks.size())) {
      union = union.combine(mask, 1);
    }
    return union;
  }

  /** The pixels of both masks. */
  public Rle intersection(Rle other) {
    return combine(other, 2);
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** The run lengths; a copy. */
  public int[] counts() {
    return counts.clone();
  }

  /** pycocotools' compressed text, ASCII. */
  public String compressed() {
    return RleText.encode(counts);
  }

  /** The mask [H, W], row by row, 1 inside and 0 outside. */
  public byte[] decode() {
    byte[] mask = new byte[height * width];
    int row = 0;
    int column = 0;
    for (int run = 0; run < counts.length; run++) {
      for (int i = 0; i < counts[run]; i++) {
        mask[row * width + column] = (byte) (run % 2);
        if (++row == height) {
          row = 0;
          column++;
        }
      }
    }
    return mask;
  }

  /** Pixels inside. */
  public int area() {
    int area = 0;
    for (int run = 1; run < counts.length; run += 2) {
      area += counts[run];
    }
    return area;
  }

  /** The smallest rectangle of whole pixels around the mask; all zeros if it is empty. */
  public Rect box() {
    if (counts.length < 2) {
      return new Rect(0, 0, 0, 0);
    }
    int top = height;
    int bottom = 0;
    int end = 0;
    for (int run = 0; run + 1 < counts.length; run += 2) {
      int start = end + counts[run];
      end = start + counts[run + 1];
      boolean oneColumn = start / height == (end - 1) / height;
      top = oneColumn ? Math.min(top, start % height) : 0;
      bottom = oneColumn ? Math.max(bottom, (end - 1) % height + 1) : height;
    }
    int left = counts[0] / height;
    int right = (end - 1) / height + 1;
    return Rect.between(left, top, right, bottom);
  }

  /** How well this mask, a detection, fits an annotation's: see {@link ObjectKind#overlap}. */
  public double iou(Rle truth, ObjectKind kind) {
    return kind.overlap(commonPixels(truth), area(), truth.area());
  }

  /**
   * The mask with its rows and columns taken from elsewhere, empty in the padding.
   *
   * @param rows ascending, as {@code Geometry.rows()} gives them
   * @param columns in any order
   */
  public Rle resample(AxisMap rows, AxisMap columns) {
    return RleResampler.resample(this, counts, rows, columns);
  }

  /** Number of pixels that lie in both masks. */
  private int commonPixels(Rle other) {
    requireSameSize(other);
    int common = 0;
    int run = 0;
    int otherRun = 0;
    int end = counts[0];
    int otherEnd = other.counts[0];
    int from = 0;
    while (run < counts.length && otherRun < other.counts.length) {
      int to = Math.min(end, otherEnd);
      common += (run & otherRun & 1) * (to - from);
      from = to;
      if (end == to && ++run < counts.length) {
        end += counts[run];
      }
      if (otherEnd == to && ++otherRun < other.counts.length) {
        otherEnd += other.counts[otherRun];
      }
    }
    return common;
  }

  /** Pixels that lie in at least a number of the two masks. */
  private Rle combine(Rle other, int atLeast) {
    requireSameSize(other);
    RunWriter runs = new RunWriter();
    int run = 0;
    int otherRun = 0;
    int left = counts[0];
    int otherLeft = other.counts[0];
    while (run < counts.length) {
      int step = Math.min(left, otherLeft);
      if (run % 2 + otherRun % 2 >= atLeast) {
        runs.on(step);
      } else {
        runs.off(step);
      }
      left -= step;
      otherLeft -= step;
      if (left == 0 && ++run < counts.length) {
        left = counts[run];
      }
      if (otherLeft == 0 && ++otherRun < other.counts.length) {
        otherLeft = other.counts[otherRun];
      }
    }
    return of(height, width, runs);
  }

  private void requireSameSize(Rle other) {
    if (other.height != height || other.width != width) {
      throw new IllegalArgumentException(
          Text.format(
              "masks: expected two of %d x %d pixels, found %d x %d",
              height, width, other.height, other.width));
    }
  }

  private static long requireSize(int height, int width) {
    boolean sides = height >= 1 && width >= 1;
    long pixels = (long) height * width;
    if (!sides
        || height > ImageHeader.MAX_SIDE
        || width > ImageHeader.MAX_SIDE
        || pixels > ImageHeader.MAX_PIXELS) {
      throw new InvalidMaskException(
          Text.format(
              "mask size: expected 1 to %d pixels a side and at most %d in all, found %d x %d",
              ImageHeader.MAX_SIDE, ImageHeader.MAX_PIXELS, height, width));
    }
    return pixels;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Rle other
        && height == other.height
        && width == other.width
        && Arrays.equals(counts, other.counts);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return Text.format("Rle[%d x %d, %d runs, %d pixels]", height, width, counts.length, area());
  }
}
