package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import java.util.Arrays;

/**
 * The pixels inside a polygon, equal to pycocotools' {@code frPoly} to the last pixel.
 *
 * <p>The outline is drawn on a grid five times finer. Where it passes from one fine column to the
 * next through the middle of a pixel column, the pixel below starts or ends a run. As runs go down
 * the columns, the sorted places are the ends of the runs.
 */
final class PolygonRaster {
  private static final int FINE = 5;

  /** The fine column in the middle of a pixel column. */
  private static final int MIDDLE = 2;

  /** Coordinates beyond this are damage, not annotation. */
  private static final double MAX_COORDINATE = 1 << 20;

  /** Longest outline that is drawn, in fine pixels: bounds time and memory. */
  private static final long MAX_OUTLINE = 1 << 24;

  private final int height;
  private final int width;
  private int[] ends = new int[64];
  private int size;
  private int lastX;
  private int lastY;

  private PolygonRaster(int height, int width) {
    this.height = height;
    this.width = width;
  }

  static Rle rasterise(int height, int width, double[] polygon) {
    if (polygon.length < 4 || polygon.length % 2 != 0) {
      throw new InvalidMaskException(
          Text.format(
              "polygon: expected x and y of at least 2 corners, found %d numbers", polygon.length));
    }
    int corners = polygon.length / 2;
    int[] x = new int[corners];
    int[] y = new int[corners];
    for (int i = 0; i < corners; i++) {
      x[i] = fine(polygon[2 * i]);
      y[i] = fine(polygon[2 * i + 1]);
    }
    requireShort(x, y);
    PolygonRaster raster = new PolygonRaster(height, width);
    raster.lastX = x[0];
    raster.lastY = y[0];
    for (int i = 0; i < corners; i++) {
      int next = (i + 1) % corners;
      raster.draw(x[i], y[i], x[next], y[next]);
    }
    return raster.runs();
  }

  private static int fine(double coordinate) {
    if (!(Math.abs(coordinate) <= MAX_COORDINATE)) {
      throw new InvalidMaskException(
          Text.format(
              "polygon: expected coordinates within %.0f pixels, found %s",
              MAX_COORDINATE, coordinate));
    }
    return (int) (FINE * coordinate + 0.5);
  }

  private static void requireShort(int[] x, int[] y) {
    long length = 0;
    for (int i = 0; i < x.length; i++) {
      int next = (i + 1) % x.length;
      length += Math.max(Math.abs(x[i] - x[next]), Math.abs(y[i] - y[next])) + 1;
    }
    if (length > MAX_OUTLINE) {
      throw new InvalidMaskException(
          Text.format(
              "polygon: expected an outline of at most %d pixels, found %d",
              MAX_OUTLINE / FINE, length / FINE));
    }
  }

  /** One edge, point by point along its longer side, always computed from the smaller end. */
  private void draw(int fromX, int fromY, int toX, int toY) {
    int dx = Math.abs(toX - fromX);
    int dy = Math.abs(toY - fromY);
    boolean flat = dx >= dy;
    int steps = Math.max(dx, dy);
    boolean backwards = flat ? fromX > toX : fromY > toY;
    int startX = backwards ? toX : fromX;
    int startY = backwards ? toY : fromY;
    int rise =
        flat ? (backwards ? fromY - toY : toY - fromY) : (backwards ? fromX - toX : toX - fromX);
    double slope = steps == 0 ? 0 : (double) rise / steps;
    for (int i = 0; i <= steps; i++) {
      int step = backwards ? steps - i : i;
      if (flat) {
        pass(startX + step, (int) (startY + slope * step + 0.5));
      } else {
        pass((int) (startX + slope * step + 0.5), startY + step);
      }
    }
  }

  private void pass(int x, int y) {
    if (x != lastX) {
      int column = Math.min(x, lastX);
      int pixel = Math.floorDiv(column, FINE);
      if (Math.floorMod(column, FINE) == MIDDLE && pixel >= 0 && pixel < width) {
        // rounded up: the pixel whose middle is the first at or below the outline
        int row = Math.floorDiv(Math.min(y, lastY) + MIDDLE, FINE);
        add(pixel * height + Math.max(0, Math.min(height, row)));
      }
    }
    lastX = x;
    lastY = y;
  }

  private void add(int end) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, 2 * size);
    }
    ends[size++] = end;
  }

  private Rle runs() {
    Arrays.sort(ends, 0, size);
    RunWriter runs = new RunWriter();
    int start = 0;
    for (int i = 0; i < size; i++) {
      append(runs, i, ends[i] - start);
      start = ends[i];
    }
    append(runs, size, height * width - start);
    return Rle.of(height, width, runs);
  }

  private static void append(RunWriter runs, int index, int length) {
    if (index % 2 == 0) {
      runs.off(length);
    } else {
      runs.on(length);
    }
  }
}
