package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Gradient of the weights of a depthwise convolution with stride 1.
 *
 * <p>Goes from line to line: each line of x and dy is read once, in the order of memory. Its
 * channels are sorted into vectors, so that the pixels of one vector of channels lie side by side.
 * For each of these vectors the window is then summed up in registers along the line. Partial sums
 * are float over a few thousand pixels, double beyond.
 */
final class DepthwiseGradient {
  private static final int LINE = 0;
  private static final int SUMS = 1;
  private static final int NO_ROW = 2;
  private static final int FIRST_ROW = 3;
  private static final int MOST_SUMMED = 4096;

  private final ConvolutionShape shape;
  private final int window;
  private final int taps;
  private final int channels;
  private final int vectors;
  // floats of one vector of channels in a line of x, and in a line of dy
  private final int rowLength;
  private final int lineLength;
  private final float[][] rows;
  private final float[] noRow;
  private final float[] line;
  private final float[] sums;
  private final double[] weights;
  private final double[] bias;

  /**
   * Prepares for the images of one thread.
   *
   * @param withBias whether dy is summed too
   */
  DepthwiseGradient(ConvolutionShape shape, boolean withBias, Scratch scratch) {
    this.shape = shape;
    this.window = shape.window();
    this.taps = window * window;
    this.channels = shape.outputs();
    this.vectors = Lanes.roundUp(channels) / Lanes.COUNT;
    // odd numbers of vectors spread over the sets of the cache
    this.rowLength = (shape.width() + 2 * shape.padding() | 1) * Lanes.COUNT;
    this.lineLength = (shape.outputWidth() | 1) * Lanes.COUNT;
    this.rows = new float[window][];
    for (int i = 0; i < window; i++) {
      rows[i] = zeros(scratch, FIRST_ROW + i, vectors * rowLength);
    }
    this.noRow = zeros(scratch, NO_ROW, vectors * rowLength);
    this.line = zeros(scratch, LINE, vectors * lineLength);
    this.sums = zeros(scratch, SUMS, vectors * (taps + 1) * Lanes.COUNT);
    this.weights = new double[channels * taps];
    this.bias = withBias ? new double[channels] : null;
  }

  /**
   * Values that are never overwritten stay 0: padding to the left and right, channels of no pixel.
   */
  private static float[] zeros(Scratch scratch, int slot, int length) {
    float[] array = scratch.array(slot, length);
    Arrays.fill(array, 0, length, 0);
    return array;
  }

  /** Adds up parts in their order; dBias may be null. */
  static void combine(DepthwiseGradient[] parts, Tensor dWeights, Tensor dBias) {
    double[] weightSum = new double[parts[0].weights.length];
    double[] biasSum = dBias == null ? null : new double[parts[0].channels];
    for (DepthwiseGradient part : parts) {
      addTo(weightSum, part.weights);
      if (dBias != null) {
        addTo(biasSum, part.bias);
      }
    }
    dWeights.put(narrow(weightSum));
    if (dBias != null) {
      dBias.put(narrow(biasSum));
    }
  }

  private static void addTo(double[] sum, double[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  /** Adds whole images, or a band of an image's rows of dy. */
  void add(Tensor x, Tensor dy, Piece piece) {
    int inputs = shape.height() * shape.width() * channels;
    int outputRow = shape.outputWidth() * channels;
    int outputs = shape.outputHeight() * outputRow;
    int images = piece.shape().images();
    int first = (int) (piece.output() / outputs);
    int last = first + images;
    int row = (int) (piece.output() / outputRow) % shape.outputHeight();
    int end = row + (int) (piece.outputs() / images / outputRow);
    int summed = 0;
    for (int image = first; image < last; image++) {
      ByteBuffer in = x.bytes((long) image * inputs, inputs);
      ByteBuffer gradient = dy.bytes((long) image * outputs, outputs);
      addRows(x, in, dy, gradient, row, end);
      summed += (end - row) * shape.outputWidth();
      if (summed >= MOST_SUMMED || image == last - 1) {
        flush();
        summed = 0;
      }
    }
  }

  /** Adds the rows [begin, end) of dy of an image. */
  private void addRows(
      Tensor inForm, ByteBuffer in, Tensor gradientForm, ByteBuffer gradient, int begin, int end) {
    int left = shape.padding() * Lanes.COUNT;
    int loaded = Math.max(0, begin - shape.padding());
    for (int oy = begin; oy < end; oy++) {
      int last = Math.min(shape.height() - 1, oy + window - 1 - shape.padding());
      for (; loaded <= last; loaded++) {
        int from = loaded * shape.width() * channels;
        float[] row = rows[loaded % window];
        Lanes.sort(inForm, in, from, channels, shape.width(), row, left, rowLength);
      }
      int from = oy * shape.outputWidth() * channels;
      Lanes.sort(gradientForm, gradient, from, channels, shape.outputWidth(), line, 0, lineLength);
      for (int vector = 0; vector < vectors; vector++) {
        addLine(oy - shape.padding(), vector);
      }
    }
  }

  /** A line of x, which is 0 outside the image. */
  private float[] row(int y) {
    return y < 0 || y >= shape.height() ? noRow : rows[y % window];
  }

  /** Adds the products of one line of dy with the lines of x under the window. */
  private void addLine(int top, int vector) {
    int width = shape.outputWidth();
    int from = vector * rowLength;
    int at = vector * lineLength;
    int to = vector * (taps + 1) * Lanes.COUNT;
    if (window == 3) {
      WindowSums.nine(row(top), row(top + 1), row(top + 2), from, line, at, width, sums, to);
    } else {
      for (int y = 0; y < window; y++) {
        addRow(row(top + y), from, at, to + y * window * Lanes.COUNT);
      }
    }
    if (bias != null) {
      WindowSums.bias(line, at, width, sums, to + taps * Lanes.COUNT);
    }
  }

  private void addRow(float[] row, int from, int at, int to) {
    int width = shape.outputWidth();
    int tap = 0;
    for (; tap + 7 <= window; tap += 7) {
      int shift = tap * Lanes.COUNT;
      WindowSums.seven(row, from + shift, line, at, width, sums, to + shift);
    }
    for (; tap < window; tap++) {
      int shift = tap * Lanes.COUNT;
      WindowSums.one(row, from + shift, line, at, width, sums, to + shift);
    }
  }

  private void flush() {
    for (int c = 0; c < channels; c++) {
      int from = c / Lanes.COUNT * (taps + 1) * Lanes.COUNT + c % Lanes.COUNT;
      for (int tap = 0; tap < taps; tap++) {
        weights[c * taps + tap] += sums[from + tap * Lanes.COUNT];
      }
      if (bias != null) {
        bias[c] += sums[from + taps * Lanes.COUNT];
      }
    }
    Arrays.fill(sums, 0, vectors * (taps + 1) * Lanes.COUNT, 0);
  }
}
