package io.spikeformer.benchmarks;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;

/** The tensors of a subject, filled from a fixed seed and freed together. */
final class Operands implements AutoCloseable {
  private static final long SEED = 0;

  // values of a drive, repeated: a prime, so that no channel meets the same ones
  private static final int DRIVES = 65_537;
  private static final double FAR = 8;

  private double[] drive = {};
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

  /**
   * Integers as a neuron fires them from a normal drive of deviation 1, as planes of bits.
   *
   * @param levels D, the largest integer; an integer n stands for n / D
   * @param mean mean integer, between 0 and D
   */
  Tensor integers(int levels, double mean, long... shape) {
    Tensor tensor = Tensor.allocateIntegers(levels, 1f / levels, shape);
    tensors.add(tensor);
    if (drive.length == 0) {
      drive = DoubleStream.generate(random::nextGaussian).limit(DRIVES).toArray();
    }
    double low = -levels - FAR;
    double high = levels + FAR;
    while (high - low > 1e-6) {
      double middle = (low + high) / 2;
      if (Arrays.stream(drive).map(h -> fired(h + middle, levels)).average().orElse(0) < mean) {
        low = middle;
      } else {
        high = middle;
      }
    }
    float[] values = new float[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) fired(drive[i % DRIVES] + low, levels) / levels;
    }
    tensor.put(values);
    return tensor;
  }

  private static double fired(double drive, int levels) {
    return Math.rint(Math.max(0, Math.min(levels, drive)));
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
