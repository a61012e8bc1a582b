package io.spikeformer.model.kernel;

import java.util.Random;

/** Seeded tensors for tests. */
final class Samples {
  private final Random random;

  Samples(long seed) {
    this.random = new Random(seed);
  }

  /** Standard normal values, rounded to the type. */
  Tensor normal(DataType type, long... shape) {
    return filled(type, shape, 0, 1);
  }

  /** mean + deviation * standard normal. */
  Tensor filled(DataType type, long[] shape, float mean, float deviation) {
    Tensor tensor = Tensor.allocate(type, shape);
    tensor.put(array((int) tensor.elements(), mean, deviation));
    return tensor;
  }

  /** 0 or 1, one third of them 1. */
  Tensor spikes(DataType type, long... shape) {
    Tensor tensor = Tensor.allocate(type, shape);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    tensor.put(values);
    return tensor;
  }

  float[] array(int length, float mean, float deviation) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = mean + deviation * (float) random.nextGaussian();
    }
    return values;
  }

  static double dot(Tensor a, Tensor b) {
    float[] left = a.toArray();
    float[] right = b.toArray();
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (double) left[i] * right[i];
    }
    return sum;
  }
}
