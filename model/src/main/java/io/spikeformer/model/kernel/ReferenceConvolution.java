package io.spikeformer.model.kernel;

/**
 * Convolution and its two derivatives by the definition, image by image, accumulated in double.
 *
 * <p>Weights are first brought into an order in which the innermost loop runs over neighbours: tap
 * (ky, kx) outermost.
 */
final class ReferenceConvolution {
  private final ConvolutionShape shape;
  private final int taps;
  private final int inputs;
  private final int outputs;
  private final int inputImage;
  private final int outputImage;

  ReferenceConvolution(ConvolutionShape shape) {
    this.shape = shape;
    this.taps = shape.window() * shape.window();
    this.inputs = shape.inputs();
    this.outputs = shape.outputs();
    this.inputImage = Math.multiplyExact(shape.height() * shape.width(), inputs);
    this.outputImage = Math.multiplyExact(shape.outputHeight() * shape.outputWidth(), outputs);
  }

  /** The work on one output position and one input position that a tap of the window joins. */
  private interface Tap {
    void join(int tap, int input, int output);
  }

  /** Visits every (output pixel, tap) whose input pixel lies inside the image. */
  private void forEachTap(Tap visitor) {
    int window = shape.window();
    for (int oy = 0; oy < shape.outputHeight(); oy++) {
      for (int ox = 0; ox < shape.outputWidth(); ox++) {
        int output = (oy * shape.outputWidth() + ox) * outputs;
        for (int tap = 0; tap < taps; tap++) {
          int y = oy * shape.stride() - shape.padding() + tap / window;
          int x = ox * shape.stride() - shape.padding() + tap % window;
          if (y >= 0 && y < shape.height() && x >= 0 && x < shape.width()) {
            visitor.join(tap, (y * shape.width() + x) * inputs, output);
          }
        }
      }
    }
  }

  void forward(Tensor x, Tensor weights, Tensor bias, Tensor y) {
    double[] w = tapInputOutput(weights.toArray());
    float[] b = bias == null ? new float[outputs] : bias.toArray();
    for (int image = 0; image < shape.images(); image++) {
      float[] in = image(x, image, inputImage);
      double[] out = new double[outputImage];
      for (int i = 0; i < outputImage; i++) {
        out[i] = b[i % outputs];
      }
      if (shape.depthwise()) {
        forEachTap((tap, input, output) -> multiply(in, input, w, tap * outputs, out, output));
      } else {
        forEachTap(
            (tap, input, output) -> {
              for (int i = 0; i < inputs; i++) {
                axpy(in[input + i], w, (tap * inputs + i) * outputs, out, output, outputs);
              }
            });
      }
      store(out, y, image);
    }
  }

  void backwardData(Tensor dy, Tensor weights, Tensor dx) {
    float[] oihw = weights.toArray();
    double[] w = shape.depthwise() ? tapInputOutput(oihw) : tapOutputInput(oihw);
    for (int image = 0; image < shape.images(); image++) {
      float[] gradient = image(dy, image, outputImage);
      double[] out = new double[inputImage];
      if (shape.depthwise()) {
        forEachTap((tap, input, output) -> multiply(gradient, output, w, tap * inputs, out, input));
      } else {
        forEachTap(
            (tap, input, output) -> {
              for (int o = 0; o < outputs; o++) {
                axpy(gradient[output + o], w, (tap * outputs + o) * inputs, out, input, inputs);
              }
            });
      }
      store(out, dx, image);
    }
  }

  void backwardWeights(Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    double[] sum = new double[Math.toIntExact(shape.weights())];
    double[] biasSum = new double[outputs];
    for (int image = 0; image < shape.images(); image++) {
      float[] in = image(x, image, inputImage);
      float[] gradient = image(dy, image, outputImage);
      double[] wide = widen(gradient);
      if (shape.depthwise()) {
        forEachTap((tap, input, output) -> multiply(in, input, wide, output, sum, tap * outputs));
      } else {
        forEachTap(
            (tap, input, output) -> {
              for (int i = 0; i < inputs; i++) {
                axpy(in[input + i], wide, output, sum, (tap * inputs + i) * outputs, outputs);
              }
            });
      }
      for (int i = 0; i < outputImage; i++) {
        biasSum[i % outputs] += gradient[i];
      }
    }
    dWeights.put(outputInputTap(sum));
    if (dBias != null) {
      dBias.put(narrow(biasSum));
    }
  }

  /** out[o + i] += factor * w[from + i]. */
  private static void axpy(double factor, double[] w, int from, double[] out, int o, int count) {
    for (int i = 0; i < count; i++) {
      out[o + i] += factor * w[from + i];
    }
  }

  /** Depthwise: out[o + i] += a[ai + i] * w[wi + i] for every channel. */
  private void multiply(float[] a, int ai, double[] w, int wi, double[] out, int o) {
    for (int i = 0; i < outputs; i++) {
      out[o + i] += a[ai + i] * w[wi + i];
    }
  }

  private int fanIn() {
    return shape.depthwise() ? 1 : inputs;
  }

  /** [outputs, inputs, taps] to [taps, inputs, outputs]. */
  private double[] tapInputOutput(float[] oihw) {
    double[] w = new double[oihw.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < fanIn(); i++) {
        for (int tap = 0; tap < taps; tap++) {
          w[(tap * fanIn() + i) * outputs + o] = oihw[(o * fanIn() + i) * taps + tap];
        }
      }
    }
    return w;
  }

  /** [outputs, inputs, taps] to [taps, outputs, inputs]. */
  private double[] tapOutputInput(float[] oihw) {
    double[] w = new double[oihw.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < inputs; i++) {
        for (int tap = 0; tap < taps; tap++) {
          w[(tap * outputs + o) * inputs + i] = oihw[(o * inputs + i) * taps + tap];
        }
      }
    }
    return w;
  }

  /** [taps, inputs, outputs] to [outputs, inputs, taps]. */
  private float[] outputInputTap(double[] sum) {
    float[] oihw = new float[sum.length];
    for (int o = 0; o < outputs; o++) {
      for (int i = 0; i < fanIn(); i++) {
        for (int tap = 0; tap < taps; tap++) {
          oihw[(o * fanIn() + i) * taps + tap] = (float) sum[(tap * fanIn() + i) * outputs + o];
        }
      }
    }
    return oihw;
  }

  private static float[] image(Tensor tensor, int image, int length) {
    return tensor.slice((long) image * length, length).toArray();
  }

  private static void store(double[] values, Tensor tensor, int image) {
    tensor.slice((long) image * values.length, values.length).put(narrow(values));
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
