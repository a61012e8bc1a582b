package io.spikeformer.model.block;

import java.util.SplittableRandom;

/** How PyTorch's layers draw a parameter before training. */
enum Initialisation implements InitialValues {
  /**
   * Uniform in +-1/sqrt(fan-in): Kaiming uniform with a = sqrt(5), and the biases that go with it.
   */
  KAIMING_UNIFORM,
  /** Uniform in +-sqrt(6/fan), the fan being the sum of fan-in and fan-out. */
  XAVIER_UNIFORM,
  /** Normal with standard deviation 0.01. */
  NORMAL,
  /** Normal with standard deviation 0.001. */
  SMALL_NORMAL,
  /** Normal with standard deviation 0.02, cut at +-2. */
  TRUNCATED_NORMAL,
  ZERO,
  ONE,
  /** -0.1: a logit of the background where nothing else speaks. */
  BELOW_ZERO,
  /** The attention neuron's threshold, 0.5. */
  HALF;

  @Override
  public float[] draw(int length, long fan, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(fan);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] =
          (float)
              switch (this) {
                case KAIMING_UNIFORM -> (2 * random.nextDouble() - 1) * bound;
                case XAVIER_UNIFORM -> (2 * random.nextDouble() - 1) * Math.sqrt(6.0 / fan);
                case NORMAL -> 0.01 * random.nextGaussian();
                case SMALL_NORMAL -> 0.001 * random.nextGaussian();
                case TRUNCATED_NORMAL -> truncatedNormal(random);
                case ZERO -> 0;
                case ONE -> 1;
                case BELOW_ZERO -> -0.1;
                case HALF -> 0.5;
              };
    }
    return values;
  }

  private static double truncatedNormal(SplittableRandom random) {
    double value;
    do {
      value = 0.02 * random.nextGaussian();
    } while (Math.abs(value) > 2);
    return value;
  }
}
