package io.spikeformer.model.chip;

import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.MatmulShape.Strides;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/**
 * Products of integers in whole numbers of 32 bits, by additions: an integer at once, or slot by
 * slot, where slot d adds for every integer of at least d. Both give the same sums.
 */
final class SpikeProducts {
  private SpikeProducts() {}

  /** Integers of a tensor, without its unit. */
  static byte[] integers(Tensor tensor) {
    float[] values = tensor.withUnit(1).toArray();
    byte[] integers = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      integers[i] = (byte) values[i];
    }
    return integers;
  }

  /**
   * y = scale * unit * (x * weights) + bias; the bias is added once.
   *
   * @param slots slots that the integers are sent in; 1 adds each integer at once
   * @return the additions of rows, or of numbers for a depthwise convolution
   */
  static long convolution(
      ConvolutionShape shape, Tensor x, ExactWeights weights, Tensor bias, Tensor y, int slots) {
    byte[] all = integers(x);
    float[] shift = bias == null ? new float[shape.outputs()] : bias.toArray();
    double scale = weights.scale() * x.unit();
    int image = all.length / shape.images();
    int[] sums = new int[shape.outputHeight() * shape.outputWidth() * shape.outputs()];
    float[] out = new float[sums.length];
    long additions = 0;
    for (int i = 0; i < shape.images(); i++) {
      Arrays.fill(sums, 0);
      for (int slot = 1; slot <= slots; slot++) {
        additions += addSlot(shape, all, i * image, weights.values(), sums, slot, slots);
      }
      for (int k = 0; k < sums.length; k++) {
        out[k] = (float) (scale * sums[k]) + shift[k % shift.length];
      }
      y.slice((long) i * out.length, out.length).put(out);
    }
    return additions;
  }

  private static long addSlot(
      ConvolutionShape shape, byte[] in, int from, int[] weights, int[] sums, int slot, int slots) {
    int window = shape.window();
    long additions = 0;
    for (int oy = 0; oy < shape.outputHeight(); oy++) {
      for (int ox = 0; ox < shape.outputWidth(); ox++) {
        int to = (oy * shape.outputWidth() + ox) * shape.outputs();
        for (int tap = 0; tap < window * window; tap++) {
          int iy = oy * shape.stride() - shape.padding() + tap / window;
          int ix = ox * shape.stride() - shape.padding() + tap % window;
          if (iy >= 0 && iy < shape.height() && ix >= 0 && ix < shape.width()) {
            int pixel = from + (iy * shape.width() + ix) * shape.inputs();
            additions += addPixel(shape, in, pixel, weights, tap, sums, to, slot, slots);
          }
        }
      }
    }
    return additions;
  }

  private static long addPixel(
      ConvolutionShape shape,
      byte[] in,
      int pixel,
      int[] weights,
      int tap,
      int[] sums,
      int to,
      int slot,
      int slots) {
    int outputs = shape.outputs();
    long additions = 0;
    for (int c = 0; c < shape.inputs(); c++) {
      int factor = slots == 1 ? in[pixel + c] : in[pixel + c] >= slot ? 1 : 0;
      if (factor == 0) {
        continue;
      }
      if (shape.depthwise()) {
        sums[to + c] += factor * weights[tap * outputs + c];
        additions++;
      } else {
        int row = (tap * shape.inputs() + c) * outputs;
        for (int o = 0; o < outputs; o++) {
          sums[to + o] += factor * weights[row + o];
        }
        additions += outputs;
      }
    }
    return additions;
  }

  /**
   * C = A B of integers, where every spike of A adds a row of B. B's integers have been counted
   * before, so all its slots have come: there is a barrier.
   *
   * @param a integers; each counts as so many spikes
   * @param b integers, or sums of their products
   * @return the additions: of B's spikes while they are counted, and of numbers of its rows
   */
  static long matmul(String layer, MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    byte[] left = integers(a);
    float[] right = b.toArray();
    float[] out = c.toArray();
    long additions = b.planes() > 1 ? sum(integers(b)) : 0;
    long[] row = new long[shape.columns()];
    for (int image = 0; image < shape.images(); image++) {
      for (int head = 0; head < shape.heads(); head++) {
        for (int r = 0; r < shape.rows(); r++) {
          Arrays.fill(row, 0);
          for (int k = 0; k < shape.inner(); k++) {
            int spikes = left[at(shape.a(), image, head, r, k)];
            for (int j = 0; spikes > 0 && j < row.length; j++) {
              row[j] += spikes * (long) right[at(shape.b(), image, head, k, j)];
            }
            additions += (long) spikes * row.length;
          }
          for (int j = 0; j < row.length; j++) {
            requireInt(layer, row[j]);
            out[at(shape.c(), image, head, r, j)] = row[j];
          }
        }
      }
    }
    c.put(out);
    return additions;
  }

  private static void requireInt(String layer, long sum) {
    if (sum != (int) sum) {
      throw new UserException(
          "expand: layer %s: expected sums within %s, the largest number of 32 bits, found %s;"
              + " evaluate smaller images",
          layer, Integer.MAX_VALUE, sum);
    }
  }

  private static long sum(byte[] integers) {
    long sum = 0;
    for (byte integer : integers) {
      sum += integer;
    }
    return sum;
  }

  private static int at(Strides s, int image, int head, int row, int column) {
    return (int) (s.image() * image + s.head() * head + s.row() * row + s.column() * column);
  }
}
