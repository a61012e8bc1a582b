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

  /** Layers that read spikes, in the 15M and 55M models. */
  private static final List<ConvolutionShape> SPIKE_DRIVEN =
      List.of(
          dense(112, 64, 256, 3, 1),
          dense(112, 256, 64, 3, 1),
          dense(28, 256, 1024, 3, 1),
          dense(112, 64, 128, 1, 1),
          dense(14, 256, 1024, 1, 1),
          dense(14, 1024, 256, 1, 1));

  /** Layers of the 15M model that read spikes or integers. */
  static final List<ConvolutionShape> OF_15M =
      List.of(
          dense(112, 32, 64, 1, 1),
          dense(112, 32, 128, 3, 1),
          dense(112, 128, 32, 3, 1),
          dense(112, 32, 64, 3, 2),
          dense(56, 64, 128, 1, 1),
          dense(56, 64, 256, 3, 1),
          dense(56, 256, 64, 3, 1),
          dense(28, 128, 512, 3, 1),
          dense(28, 512, 128, 3, 1),
          dense(14, 256, 256, 1, 1),
          dense(14, 256, 1024, 1, 1),
          dense(14, 1024, 256, 1, 1),
          dense(14, 360, 1440, 1, 1),
          dense(14, 1440, 360, 1, 1));

  private static final double[] FIRING_RATES = {0.02, 0.05, 0.1, 0.2, 0.5};

  private ConvolutionSubjects() {}

  /**
   * An input of a layer.
   *
   * @param type number format
   * @param suffix what it adds to a subject's name
   */
  private record Input(DataType type, String suffix, Maker maker) {
    interface Maker {
      Tensor of(Operands operands, long... shape);
    }

    static Input numbers(DataType type) {
      return new Input(type, "", (operands, shape) -> operands.normal(type, shape));
    }

    static Input spikes(double rate) {
      return new Input(
          DataType.BIT, " bits " + rate, (operands, shape) -> operands.spikes(rate, shape));
    }
  }

  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (ConvolutionShape shape : SHAPES) {
        subjects.add(forward(shape, type, Input.numbers(type)));
        subjects.add(backwardData(shape, type));
        subjects.add(backwardWeights(shape, type, Input.numbers(type)));
      }
      for (ConvolutionShape shape : SPIKE_DRIVEN) {
        for (double rate : FIRING_RATES) {
          subjects.add(forward(shape, type, Input.spikes(rate)));
          subjects.add(backwardWeights(shape, type, Input.spikes(rate)));
        }
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

  private static Subject forward(ConvolutionShape shape, DataType type, Input input) {
    return subject(
        "convolution",
        shape,
        type,
        input,
        (kernels, operands) -> {
          Tensor x = input.maker().of(operands, input(shape));
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
        Input.numbers(type),
        (kernels, operands) -> {
          Tensor dy = operands.normal(type, output(shape));
          Tensor weights = operands.normal(DataType.FLOAT32, weights(shape));
          Tensor dx = operands.zeros(type, input(shape));
          return () -> kernels.convolutionBackwardData(shape, dy, weights, dx);
        });
  }

  private static Subject backwardWeights(ConvolutionShape shape, DataType type, Input input) {
    return subject(
        "convolutionBackwardWeights",
        shape,
        type,
        input,
        (kernels, operands) -> {
          Tensor x = input.maker().of(operands, input(shape));
          Tensor dy = operands.normal(type, output(shape));
          Tensor dWeights = operands.zeros(DataType.FLOAT32, weights(shape));
          return () -> kernels.convolutionBackwardWeights(shape, x, dy, dWeights, null);
        });
  }

  private static Subject subject(
      String kernel, ConvolutionShape shape, DataType type, Input input, Subject.Setup setup) {
    double bytes =
        Work.bytes(count(input(shape)), input.type())
            + Work.bytes(count(output(shape)), type)
            + Work.bytes(shape.weights(), DataType.FLOAT32);
    Work work = new Work(2.0 * shape.macs(), bytes);
    String details = describe(shape) + " " + label(type) + input.suffix();
    return new Subject(kernel, details, type, work, setup);
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

  private static long count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }

  static long[] input(ConvolutionShape s) {
    return new long[] {s.images(), s.height(), s.width(), s.inputs()};
  }

  static long[] output(ConvolutionShape s) {
    return new long[] {s.images(), s.outputHeight(), s.outputWidth(), s.outputs()};
  }

  static long[] weights(ConvolutionShape s) {
    return new long[] {s.outputs(), s.depthwise() ? 1 : s.inputs(), s.window(), s.window()};
  }
}
