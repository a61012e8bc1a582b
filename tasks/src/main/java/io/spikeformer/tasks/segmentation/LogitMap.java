package io.spikeformer.tasks.segmentation;

import io.spikeformer.model.kernel.Tensor;
import java.nio.FloatBuffer;

/**
 * The logits of one image, row by row, so that they need not be in memory as a whole. Not
 * thread-safe; cheapest if rows are asked for from the first to the last.
 */
interface LogitMap {
  /** Rows. */
  int height();

  /** Columns. */
  int width();

  /** Logits of a pixel. */
  int classes();

  /**
   * One row.
   *
   * @param row from 0
   * @param out receives width * classes values, pixel by pixel
   */
  void row(int row, float[] out);

  /**
   * Logits that a network gave.
   *
   * @param logits [N, H, W, classes], float32
   * @param image which of the N
   */
  static LogitMap of(Tensor logits, int image) {
    return new Stored(logits, image);
  }

  /** The same of another size: bilinear, the images' edges coincide. */
  default LogitMap resized(int height, int width) {
    return height == height() && width == width() ? this : new ResizedLogits(this, height, width);
  }

  /** The first rows and columns. */
  default LogitMap cut(int height, int width) {
    return height == height() && width == width() ? this : new Cut(this, height, width);
  }

  /**
   * The logits that a network gave.
   *
   * @param logits [N, H, W, classes]
   * @param image which of the N
   */
  record Stored(Tensor logits, int image) implements LogitMap {
    @Override
    public int height() {
      return (int) logits.size(1);
    }

    @Override
    public int width() {
      return (int) logits.size(2);
    }

    @Override
    public int classes() {
      return logits.channels();
    }

    @Override
    public void row(int row, float[] out) {
      int length = width() * classes();
      long from = ((long) image * height() + row) * length;
      FloatBuffer values = logits.bytes(from, length).asFloatBuffer();
      values.get(out, 0, length);
    }
  }

  /** A map without its last rows and columns: those that lie on padding. */
  final class Cut implements LogitMap {
    private final LogitMap whole;
    private final int height;
    private final int width;
    private final float[] line;

    Cut(LogitMap whole, int height, int width) {
      this.whole = whole;
      this.height = height;
      this.width = width;
      this.line = new float[whole.width() * whole.classes()];
    }

    @Override
    public int height() {
      return height;
    }

    @Override
    public int width() {
      return width;
    }

    @Override
    public int classes() {
      return whole.classes();
    }

    @Override
    public void row(int row, float[] out) {
      whole.row(row, line);
      System.arraycopy(line, 0, out, 0, width * classes());
    }
  }
}
