package io.spikeformer.benchmarks;

import static io.spikeformer.benchmarks.Subjects.BATCH;
import static io.spikeformer.benchmarks.Subjects.label;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The three passes of convolutions of the 15M and 55M models at 224x224 pixels. */
final class ConvolutionSubjects {
  private static final List<ConvolutionShape> SHAPES =
      List.of(
          dense(224, 3, 64, 7, 2),
          dense(112, 64, 256, 3, 1),
          dense(112, 256, 64, 3, 1),
          dense(28, 256, 1024, 3, 1),
          dense(112, 64, 128, 1, 1),
          dense(112, 128, 64, 1, 1),
          dense(14, 256, 1024, 1, 1),
          dense(14, 1024, 256, 1, 1),
          dense(14, 512, 2048, 1, 1),
          depthwise(112, 128, 7),
          depthwise(28, 256, 7),
          depthwise(16, 512, 3));

  private ConvolutionSubjects() {}

  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (ConvolutionShape shape : SHAPES) {
        subjects.add(forward(shape, type));
        subjects.add(backwardData(shape, type));
        subjects.add(backwardWeights(shape, type));
      }
    }
    return subjects;
  }

  private static ConvolutionShape dense(int size, int inputs, int outputs, int window, int stride) {
    return new ConvolutionShape(
        BATCH, size, size, inputs, outputs, window, stride, window / 2, false);
  }

  private static ConvolutionShape depthwise(int size, int channels, int window) {
    return new ConvolutionShape(BATCH, size, size, channels, channels, window, 1, window / 2, true);
  }

  private static Subject forward(ConvolutionShape shape, DataType type) {
    return subject(
        "convolution",
        shape,
        type,
        (kernels, operands) -> {
          Tensor x = operands.normal(type, input(shape));
          Tensor weights = operands.normal(DataType.FLOAT32, weights(shape));
          Tensor y = operands.zeros(type, output(shape));
          return () -> kernels.convolution(shape, x, weights, null, y);
        });
  }

  private static Subject backwardData(ConvolutionShape shape, DataType type) {
    return subject(
        "convolutionBackwardData",
        shape,
        type,
        (kernels, operands) -> {
          Tensor dy = operands.normal(type, output(shape));
          Tensor weights = operands.normal(DataType.FLOAT32, weights(shape));
          Tensor dx = operands.zeros(type, input(shape));
          return () -> kernels.convolutionBackwardData(shape, dy, weights, dx);
        });
  }

  private static Subject backwardWeights(ConvolutionShape shape, DataType type) {
    return subject(
        "convolutionBackwardWeights",
        shape,
        type,
        (kernels, operands) -> {
          Tensor x = operands.normal(type, input(shape));
          Tensor dy = operands.normal(type, output(shape));
          Tensor dWeights = operands.zeros(DataType.FLOAT32, weights(shape));
          return () -> kernels.convolutionBackwardWeights(shape, x, dy, dWeights, null);
        });
  }

  private static Subject subject(
      String kernel, ConvolutionShape shape, DataType type, Subject.Setup setup) {
    double bytes =
        (count(input(shape)) + count(output(shape))) * type.bytes()
            + shape.weights() * (double) DataType.FLOAT32.bytes();
    Work work = new Work(2.0 * shape.macs(), bytes);
    return new Subject(kernel, describe(shape) + " " + label(type), type, work, setup);
  }

  /**
   * Such as {@code 3x3 64->256 @112}, {@code 7x7/2 3->64 @224} or {@code depthwise 3x3 512 @16}.
   */
  static String describe(ConvolutionShape shape) {
    String window = shape.window() + "x" + shape.window();
    String stride = shape.stride() == 1 ? "" : "/" + shape.stride();
    String channels =
        shape.depthwise() ? "" + shape.inputs() : shape.inputs() + "->" + shape.outputs();
    String kind = shape.depthwise() ? "depthwise " : "";
    return kind + window + stride + " " + channels + " @" + shape.height();
  }

  private static double count(long[] shape) {
    double count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  private static long[] input(ConvolutionShape s) {
    return new long[] {s.images(), s.height(), s.width(), s.inputs()};
  }

  private static long[] output(ConvolutionShape s) {
    return new long[] {s.images(), s.outputHeight(), s.outputWidth(), s.outputs()};
  }

  private static long[] weights(ConvolutionShape s) {
    return new long[] {s.outputs(), s.depthwise() ? 1 : s.inputs(), s.window(), s.window()};
  }
}
