package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Gradient of the weights of a depthwise convolution with stride 1.
 *
 * <p>Takes one vector of channels at a time: the lines of x under the window and the line of dy are
 * brought side by side into the first level cache, and a line of the window is summed up in
 * registers. Partial sums are float over a few thousand pixels, double beyond.
 */
final class DepthwiseGradient {
  private static final int LINE = 0;
  private static final int SUMS = 1;
  private static final int FIRST_ROW = 2;
  private static final int MOST_SUMMED = 4096;
  // elements of x and dy that stay in the second level cache from one vector of channels to the
  // next
  private static final int CACHED = 1 << 17;

  private final ConvolutionShape shape;
  private final Scratch scratch;
  private final int window;
  private final int channels;
  private final int rowLength;
  private final float[] sums;
  private final float[] line;
  private final double[] weights;
  private final double[] bias;

  DepthwiseGradient(ConvolutionShape shape, Scratch scratch) {
    this.shape = shape;
    this.scratch = scratch;
    this.window = shape.window();
    this.channels = shape.outputs();
    this.rowLength = (shape.width() + 2 * shape.padding()) * Lanes.COUNT;
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
    int most = Math.max(1, CACHED / (inputs + outputs));
    for (int image = first; image < last; image += most) {
      int images = Math.min(most, last - image);
      ByteBuffer in = x.bytes((long) image * inputs, (long) images * inputs);
      ByteBuffer gradient = dy.bytes((long) image * outputs, (long) images * outputs);
      for (int c = 0; c < channels; c += Lanes.COUNT) {
        addChannels(x.type(), in, dy.type(), gradient, images, c);
      }
    }
  }

  private void addChannels(
      DataType inType,
      ByteBuffer in,
      DataType gradientType,
      ByteBuffer gradient,
      int images,
      int c) {
    int pixels = shape.outputHeight() * shape.outputWidth();
    int summed = 0;
    Arrays.fill(sums, 0);
    for (int i = 0; i < window; i++) {
      // what is never overwritten is the padding to the left and to the right
      Arrays.fill(scratch.array(FIRST_ROW + i, rowLength), 0);
    }
    for (int image = 0; image < images; image++) {
      addImage(inType, in, gradientType, gradient, image, c);
      summed += pixels;
      if (summed >= MOST_SUMMED || image == images - 1) {
        flush(c, Math.min(Lanes.COUNT, channels - c));
        Arrays.fill(sums, 0);
        summed = 0;
      }
    }
  }

  private void addImage(
      DataType inType,
      ByteBuffer in,
      DataType gradientType,
      ByteBuffer gradient,
      int image,
      int c) {
    int lanes = Math.min(Lanes.COUNT, channels - c);
    int loaded = 0;
    for (int oy = 0; oy < shape.outputHeight(); oy++) {
      int last = Math.min(shape.height() - 1, oy + window - 1 - shape.padding());
      for (; loaded <= last; loaded++) {
        int from = (image * shape.height() + loaded) * shape.width() * channels + c;
        float[] row = scratch.array(FIRST_ROW + loaded % window, rowLength);
        int at = shape.padding() * Lanes.COUNT;
        Lanes.gather(inType, in, from, channels, lanes, row, at, shape.width());
      }
      int width = shape.outputWidth();
      int from = (image * shape.outputHeight() + oy) * width * channels + c;
      Lanes.gather(gradientType, gradient, from, channels, lanes, line, 0, width);
      addLine(oy, last);
    }
  }

  /** Adds the products of one line of dy with the lines of x under the window. */
  private void addLine(int oy, int last) {
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
