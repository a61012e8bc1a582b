package io.spikeformer.model.chip;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;

/**
 * Weights of a layer as whole numbers of 16 bits times a scale, so small that no sum of integers
 * times weights leaves 32 bits: [tap][input][stride]; an input of a depthwise convolution is its
 * own output, so [tap][stride].
 *
 * @param values in that order, the outputs first in each stride
 * @param stride outputs, rounded up as {@link Kernels#addRows} wants
 * @param scale the value of the whole number 1
 */
record ExactWeights(short[] values, int stride, double scale) {

  /**
   * The weights of a layer.
   *
   * @param weights in PyTorch's order, float32
   * @param levels the largest integer that they are multiplied by
   */
  static ExactWeights of(ConvolutionShape shape, Tensor weights, int levels) {
    float[] given = weights.toArray();
    int outputs = shape.outputs();
    int row = given.length / outputs;
    double largest = 0;
    double largestSum = 0;
    for (int o = 0; o < outputs; o++) {
      double sum = 0;
      for (int i = 0; i < row; i++) {
        double size = Math.abs(given[o * row + i]);
        largest = Math.max(largest, size);
        sum += size;
      }
      largestSum = Math.max(largestSum, sum);
    }
    // rounding adds at most half a unit to each term
    double room = Integer.MAX_VALUE / (double) levels - row;
    double scale = Math.max(largest / Short.MAX_VALUE, largestSum / room);
    scale = scale == 0 ? 1 : scale;
    int taps = shape.window() * shape.window();
    int inputs = row / taps;
    int stride = (outputs + Kernels.ROW - 1) / Kernels.ROW * Kernels.ROW;
    short[] values = new short[row * stride];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < row; i++) {
        int place = (i % taps * inputs + i / taps) * stride + o;
        values[place] = (short) Math.round(given[o * row + i] / scale);
      }
    }
    return new ExactWeights(values, stride, scale);
  }
}
