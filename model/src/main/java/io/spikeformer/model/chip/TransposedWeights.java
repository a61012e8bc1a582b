package io.spikeformer.model.chip;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;

/**
 * A transposed convolution of windows that lie side by side, as a pointwise one: each place of the
 * window is as many more outputs, which go to their pixels afterwards.
 *
 * @param weights of the pointwise one, [place][output][input]
 */
record TransposedWeights(Tensor weights) implements AutoCloseable {
  /**
   * Reorders weights.
   *
   * @param shape the convolution of which it is the way back
   * @param given [input][output][place], where the shape's outputs are its inputs
   */
  static TransposedWeights of(ConvolutionShape shape, Tensor given) {
    int places = shape.window() * shape.window();
    int inputs = shape.outputs();
    int outputs = shape.inputs();
    float[] values = given.toArray();
    float[] ordered = new float[values.length];
    for (int c = 0; c < inputs; c++) {
      for (int o = 0; o < outputs; o++) {
        for (int place = 0; place < places; place++) {
          ordered[(place * outputs + o) * inputs + c] = values[(c * outputs + o) * places + place];
        }
      }
    }
    return new TransposedWeights(Tensor.of(ordered, ordered.length));
  }

  /** The pointwise convolution. */
  static ConvolutionShape pointwise(ConvolutionShape shape) {
    return ConvolutionShape.pointwise(
        shape.images(),
        shape.outputHeight(),
        shape.outputWidth(),
        shape.outputs(),
        shape.window() * shape.window() * shape.inputs());
  }

  /** Puts the outputs of all places, [N, H, W, place, output], to their pixels of y. */
  static void place(ConvolutionShape shape, Tensor places, Tensor y) {
    int side = shape.window();
    int outputs = shape.inputs();
    float[] from = places.toArray();
    float[] to = new float[from.length];
    int line = shape.outputWidth() * side * outputs;
    for (int row = 0; row < shape.images() * shape.outputHeight(); row++) {
      for (int column = 0; column < shape.outputWidth(); column++) {
        for (int i = 0; i < side; i++) {
          int source = ((row * shape.outputWidth() + column) * side + i) * side * outputs;
          int target = (row * side + i) * line + column * side * outputs;
          System.arraycopy(from, source, to, target, side * outputs);
        }
      }
    }
    y.put(to);
  }

  /** A buffer for the outputs of all places. */
  static Tensor buffer(ConvolutionShape shape) {
    ConvolutionShape form = pointwise(shape);
    return Tensor.allocate(
        DataType.FLOAT32, form.images(), form.height(), form.width(), form.outputs());
  }

  @Override
  public void close() {
    weights.close();
  }
}
