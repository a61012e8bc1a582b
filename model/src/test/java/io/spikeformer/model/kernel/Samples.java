package io.spikeformer.model.kernel;

import java.util.List;
import java.util.Random;

/** Seeded tensors for tests. */
final class Samples {
  private final Random random;

  Samples(long seed) {
    this.random = new Random(seed);
  }

  /** Types of the products' operands and results other than spikes. */
  static final List<DataType> NUMBERS = List.of(DataType.FLOAT32, DataType.BFLOAT16);

  /** The types that hold rows of so many channels. */
  static List<DataType> types(int channels) {
    return channels % DataType.PER_BYTE == 0 ? List.of(DataType.values()) : NUMBERS;
  }

  /** Standard normal values, rounded to the type; spikes if that is bits. */
  Tensor normal(DataType type, long... shape) {
    return filled(type, shape, 0, 1);
  }

  /** mean + deviation * standard normal; spikes if the type is bits. */
  Tensor filled(DataType type, long[] shape, float mean, float deviation) {
    if (type == DataType.BIT) {
      return spikes(type, shape);
    }
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

  /** Integers 0..levels times a unit in planes of bits, uniform up to about most. */
  Tensor integers(int levels, float unit, double most, long... shape) {
    Tensor tensor = Tensor.allocateIntegers(levels, unit, shape);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = unit * Math.min(levels, (int) Math.round(random.nextDouble() * (most + 0.4)));
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
