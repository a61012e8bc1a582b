package io.spikeformer.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Comparison relative to the size of the whole array, as sums of many terms need it. */
final class Close {
  private Close() {}

  static void assertClose(float[] actual, float[] expected, double tolerance) {
    assertClose(widen(actual), widen(expected), tolerance);
  }

  /** Every element within tolerance * (1 + root mean square of the expected ones). */
  static void assertClose(double[] actual, double[] expected, double tolerance) {
    double squares = 0;
    for (double value : expected) {
      squares += value * value;
    }
    double reach = tolerance * (1 + Math.sqrt(squares / expected.length));
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      // a plain comparison first: an assertion per element would take most of the test's time
      if (!(Math.abs(actual[i] - expected[i]) <= reach)) {
        assertThat(actual[i]).as("element " + i).isCloseTo(expected[i], within(reach));
      }
    }
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
