package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.data.geometry.AxisMap;

/**
 * Resizes, crops, flips and pads a mask run by run: a column of the result is the runs of one
 * column of the source, their ends looked up in a table.
 */
final class RleResampler {
  private RleResampler() {}

  static Rle resample(Rle mask, int[] counts, AxisMap rows, AxisMap columns) {
    if (rows.inputs() != mask.height() || columns.inputs() != mask.width()) {
      throw new IllegalArgumentException(
          Text.format(
              "mask: expected %d x %d pixels, found %d x %d",
              rows.inputs(), columns.inputs(), mask.height(), mask.width()));
    }
    int height = rows.outputs();
    int[] firstOutput = firstOutputs(rows);
    int[] columnRuns = new int[mask.width()];
    int[] columnStarts = new int[mask.width()];
    locateColumns(mask, counts, columnRuns, columnStarts);
    RunWriter runs = new RunWriter();
    for (int column = 0; column < columns.outputs(); column++) {
      int source = columns.source(column);
      int done = 0;
      if (source != AxisMap.OUTSIDE) {
        int bottom = (source + 1) * mask.height();
        int top = bottom - mask.height();
        int start = columnStarts[source];
        for (int run = columnRuns[source]; start < bottom; run++) {
          int end = start + counts[run];
          if (run % 2 == 1) {
            int from = firstOutput[Math.max(start, top) - top];
            int to = firstOutput[Math.min(end, bottom) - top];
            runs.off(from - done);
            runs.on(to - from);
            done = to;
          }
          start = end;
        }
      }
      runs.off(height - done);
    }
    return Rle.of(height, columns.outputs(), runs);
  }

  /** For each row of the source and its end: the first row of the result at or behind it. */
  private static int[] firstOutputs(AxisMap rows) {
    int[] first = new int[rows.inputs() + 1];
    int output = 0;
    while (output < rows.outputs() && rows.source(output) == AxisMap.OUTSIDE) {
      output++;
    }
    for (int input = 0; input < first.length; input++) {
      while (output < rows.outputs()
          && rows.source(output) != AxisMap.OUTSIDE
          && rows.source(output) < input) {
        output++;
      }
      first[input] = output;
    }
    return first;
  }

  /** For each column, the run that holds its first pixel and where that run starts. */
  private static void locateColumns(Rle mask, int[] counts, int[] columnRuns, int[] columnStarts) {
    int run = 0;
    int start = 0;
    for (int column = 0; column < mask.width(); column++) {
      int pixel = column * mask.height();
      while (start + counts[run] <= pixel) {
        start += counts[run];
        run++;
      }
      columnRuns[column] = run;
      columnStarts[column] = start;
    }
  }
}
