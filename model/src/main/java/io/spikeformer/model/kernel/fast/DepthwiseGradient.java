package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Gradient of the weights of a depthwise convolution with stride 1.
 *
 * <p>Takes one vector of channels at a time: the lines of x under the window and the line of dy are
 * brought side by side into the first level cache, and a line of the window is summed up in
 * registers. Partial sums are float within an image, double across images.
 */
final class DepthwiseGradient {
  private static final int LINE = 0;
  private static final int SUMS = 1;
  private static final int FIRST_ROW = 2;

  private final ConvolutionShape shape;
  private final Scratch scratch;
  private final int window;
  private final int channels;
  private final float[] sums;
  private final float[] line;
  private final double[] weights;
  private final double[] bias;

  DepthwiseGradient(ConvolutionShape shape, Scratch scratch) {
    this.shape = shape;
    this.scratch = scratch;
    this.window = shape.window();
    this.channels = shape.outputs();
    this.sums = scratch.array(SUMS, (window * window + 1) * Lanes.COUNT);
    this.line = scratch.array(LINE, shape.outputWidth() * Lanes.COUNT);
    this.weights = new double[channels * window * window];
    this.bias = new double[channels];
  }

  /** The sums so far, [C, k, k]. */
  double[] weights() {
    return weights;
  }

  /** The sums of dy so far, [C]. */
  double[] bias() {
    return bias;
  }

  /** Adds images [first, last). */
  void add(Tensor x, Tensor dy, int first, int last) {
    int inputs = shape.height() * shape.width() * channels;
    int outputs = shape.outputHeight() * shape.outputWidth() * channels;
    for (int image = first; image < last; image++) {
      ByteBuffer in = x.bytes((long) image * inputs, inputs);
      ByteBuffer gradient = dy.bytes((long) image * outputs, outputs);
      for (int c = 0; c < channels; c += Lanes.COUNT) {
        addChannels(x, in, dy, gradient, c);
      }
    }
  }

  private void addChannels(Tensor x, ByteBuffer in, Tensor dy, ByteBuffer gradient, int c) {
    int lanes = Math.min(Lanes.COUNT, channels - c);
    int padding = shape.padding();
    int rowLength = (shape.width() + 2 * padding) * Lanes.COUNT;
    for (int i = 0; i < window; i++) {
      Arrays.fill(scratch.array(FIRST_ROW + i, rowLength), 0, rowLength, 0);
    }
    Arrays.fill(sums, 0);
    Arrays.fill(line, 0);
    int loaded = 0;
    for (int oy = 0; oy < shape.outputHeight(); oy++) {
      int last = Math.min(shape.height() - 1, oy + window - 1 - padding);
      for (; loaded <= last; loaded++) {
        int from = loaded * shape.width() * channels + c;
        float[] row = scratch.array(FIRST_ROW + loaded % window, rowLength);
        int at = padding * Lanes.COUNT;
        Lanes.gather(x.type(), in, from, channels, lanes, row, at, shape.width());
      }
      int from = oy * shape.outputWidth() * channels + c;
      Lanes.gather(dy.type(), gradient, from, channels, lanes, line, 0, shape.outputWidth());
      addLine(oy, last, rowLength);
    }
    flush(c, lanes);
  }

  /** Adds the products of one line of dy with the lines of x under the window. */
  private void addLine(int oy, int last, int rowLength) {
    int width = shape.outputWidth();
    int top = oy - shape.padding();
    for (int y = Math.max(0, top); y <= last; y++) {
      float[] row = scratch.array(FIRST_ROW + y % window, rowLength);
      int at = (y - top) * window;
      int tap = 0;
      for (; tap + 7 <= window; tap += 7) {
        sevenTaps(row, line, width, sums, at, tap);
      }
      for (; tap + 3 <= window; tap += 3) {
        threeTaps(row, line, width, sums, at, tap);
      }
      for (; tap < window; tap++) {
        oneTap(row, line, width, sums, at, tap);
      }
    }
    biasSum(line, width, sums, window * window);
  }

  private void flush(int c, int lanes) {
    int taps = window * window;
    for (int tap = 0; tap < taps; tap++) {
      for (int lane = 0; lane < lanes; lane++) {
        weights[(c + lane) * taps + tap] += sums[tap * Lanes.COUNT + lane];
      }
    }
    for (int lane = 0; lane < lanes; lane++) {
      bias[c + lane] += sums[taps * Lanes.COUNT + lane];
    }
  }

  private static FloatVector at(float[] array, int vector) {
    return FloatVector.fromArray(Lanes.FLOATS, array, vector * Lanes.COUNT);
  }

  private static void sevenTaps(float[] x, float[] dy, int width, float[] sums, int to, int tap) {
    FloatVector a = at(sums, to + tap);
    FloatVector b = at(sums, to + tap + 1);
    FloatVector c = at(sums, to + tap + 2);
    FloatVector d = at(sums, to + tap + 3);
    FloatVector e = at(sums, to + tap + 4);
    FloatVector f = at(sums, to + tap + 5);
    FloatVector g = at(sums, to + tap + 6);
    for (int i = 0; i < width; i++) {
      FloatVector gradient = at(dy, i);
      a = gradient.fma(at(x, i + tap), a);
      b = gradient.fma(at(x, i + tap + 1), b);
      c = gradient.fma(at(x, i + tap + 2), c);
      d = gradient.fma(at(x, i + tap + 3), d);
      e = gradient.fma(at(x, i + tap + 4), e);
      f = gradient.fma(at(x, i + tap + 5), f);
      g = gradient.fma(at(x, i + tap + 6), g);
    }
    a.intoArray(sums, (to + tap) * Lanes.COUNT);
    b.intoArray(sums, (to + tap + 1) * Lanes.COUNT);
    c.intoArray(sums, (to + tap + 2) * Lanes.COUNT);
    d.intoArray(sums, (to + tap + 3) * Lanes.COUNT);
    e.intoArray(sums, (to + tap + 4) * Lanes.COUNT);
    f.intoArray(sums, (to + tap + 5) * Lanes.COUNT);
    g.intoArray(sums, (to + tap + 6) * Lanes.COUNT);
  }

  private static void threeTaps(float[] x, float[] dy, int width, float[] sums, int to, int tap) {
    FloatVector a = at(sums, to + tap);
    FloatVector b = at(sums, to + tap + 1);
    FloatVector c = at(sums, to + tap + 2);
    for (int i = 0; i < width; i++) {
      FloatVector gradient = at(dy, i);
      a = gradient.fma(at(x, i + tap), a);
      b = gradient.fma(at(x, i + tap + 1), b);
      c = gradient.fma(at(x, i + tap + 2), c);
    }
    a.intoArray(sums, (to + tap) * Lanes.COUNT);
    b.intoArray(sums, (to + tap + 1) * Lanes.COUNT);
    c.intoArray(sums, (to + tap + 2) * Lanes.COUNT);
  }

  private static void oneTap(float[] x, float[] dy, int width, float[] sums, int to, int tap) {
    FloatVector a = at(sums, to + tap);
    for (int i = 0; i < width; i++) {
      a = at(dy, i).fma(at(x, i + tap), a);
    }
    a.intoArray(sums, (to + tap) * Lanes.COUNT);
  }

  private static void biasSum(float[] dy, int width, float[] sums, int to) {
    FloatVector a = at(sums, to);
    for (int i = 0; i < width; i++) {
      a = a.add(at(dy, i));
    }
    a.intoArray(sums, to * Lanes.COUNT);
  }
}
