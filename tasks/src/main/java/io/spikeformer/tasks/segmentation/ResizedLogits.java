package io.spikeformer.tasks.segmentation;

import io.spikeformer.model.kernel.ResampledAxis;
import io.spikeformer.model.kernel.Resampling;

/**
 * A map of another size: bilinear, the images' edges coincide (align_corners false). First between
 * rows, then along the columns, with the arithmetic of {@code Kernels.resample}, so that both give
 * the same bits. The last two rows of the source are kept.
 */
final class ResizedLogits implements LogitMap {
  private final LogitMap source;
  private final int height;
  private final int width;
  private final ResampledAxis rows;
  private final ResampledAxis columns;
  private final float[] mixed;
  private float[] upper;
  private float[] lower;
  private int upperRow = -1;
  private int lowerRow = -1;

  ResizedLogits(LogitMap source, int height, int width) {
    this.source = source;
    this.height = height;
    this.width = width;
    Resampling form =
        new Resampling(Resampling.Kind.BILINEAR, source.height(), source.width(), height, width);
    rows = form.rows();
    columns = form.columns();
    int length = source.width() * source.classes();
    mixed = new float[length];
    upper = new float[length];
    lower = new float[length];
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
    return source.classes();
  }

  @Override
  public void row(int row, float[] out) {
    float[] line = line(row);
    int classes = classes();
    for (int column = 0; column < width; column++) {
      int low = columns.low()[column] * classes;
      float weight = columns.weight()[column];
      if (weight == 0) {
        System.arraycopy(line, low, out, column * classes, classes);
      } else {
        mix(line, low, columns.high()[column] * classes, weight, out, column * classes, classes);
      }
    }
  }

  private static void mix(
      float[] line, int low, int high, float weight, float[] out, int to, int classes) {
    float rest = 1 - weight;
    for (int c = 0; c < classes; c++) {
      out[to + c] = rest * line[low + c] + weight * line[high + c];
    }
  }

  /** A row between those of the source. */
  private float[] line(int row) {
    need(rows.low()[row], rows.high()[row]);
    float weight = rows.weight()[row];
    if (weight == 0) {
      return upper;
    }
    float rest = 1 - weight;
    for (int i = 0; i < mixed.length; i++) {
      mixed[i] = rest * upper[i] + weight * lower[i];
    }
    return mixed;
  }

  private void need(int first, int second) {
    if (upperRow != first && lowerRow == first) {
      float[] spare = upper;
      upper = lower;
      upperRow = lowerRow;
      lower = spare;
      lowerRow = -1;
    }
    if (upperRow != first) {
      source.row(first, upper);
      upperRow = first;
    }
    if (second != first && lowerRow != second) {
      source.row(second, lower);
      lowerRow = second;
    }
  }
}
