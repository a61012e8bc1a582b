package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The tensors of a subject, filled from a fixed seed and freed together. */
final class Operands implements AutoCloseable {
  private static final long SEED = 0;

  private final Random random = new Random(SEED);
  private final List<Tensor> tensors = new ArrayList<>();

  /** Memory for results, all zero. */
  Tensor zeros(DataType type, long... shape) {
    Tensor tensor = Tensor.allocate(type, shape);
    tensor.zero();
    tensors.add(tensor);
    return tensor;
  }

  /** Normally distributed values. */
  Tensor normal(DataType type, long... shape) {
    Tensor tensor = zeros(type, shape);
    float[] values = new float[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.put(values);
    return tensor;
  }

  /** Independent spikes as bits: 1 with a probability, else 0. */
  Tensor spikes(double rate, long... shape) {
    Tensor tensor = zeros(DataType.BIT, shape);
    float[] values = new float[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < rate ? 1 : 0;
    }
    tensor.put(values);
    return tensor;
  }

  /** Values around 1, one for each channel. */
  float[] channel(int channels) {
    float[] values = new float[channels];
    for (int i = 0; i < channels; i++) {
      values[i] = 1 + 0.1f * (float) random.nextGaussian();
    }
    return values;
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
