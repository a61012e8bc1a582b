package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.train.DivergenceException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantiserTest {
  @ParameterizedTest
  @CsvSource({
    "8, 1",
    "8, 3",
    "8, 1024",
    "8, 1025",
    "8, 70000",
    "4, 1",
    "4, 2",
    "4, 3",
    "4, 1023",
    "4, 1024",
    "4, 1025",
    "4, 70001"
  })
  void aValueIsItsIntegerAndARestBelowTheUnit(int bits, int count) {
    Quantiser quantiser = new Quantiser(bits);
    float[] values = random(count + 7, 3);
    float[] rest = values.clone();
    byte[] coded = new byte[5 + quantiser.bytes(count)];
    quantiser.code(rest, 2, 2 + count, 9, 0, coded, 5);
    float[] found = new float[count + 7];
    quantiser.decode(coded, 5, found, 2, 2 + count);
    int[] largest = new int[2];
    for (int i = 2; i < 2 + count; i++) {
      int group = 2 + (i - 2) / Quantiser.GROUP * Quantiser.GROUP;
      double unit = unit(values, group, Math.min(2 + count, group + Quantiser.GROUP), quantiser);
      assertThat(Math.abs(rest[i])).isLessThan((float) unit);
      assertThat(values[i] - found[i] - rest[i]).isCloseTo(0, within((float) (unit * 0x1p-23)));
      int integer = (int) Math.round(found[i] / unit);
      largest[0] = Math.min(largest[0], integer);
      largest[1] = Math.max(largest[1], integer);
    }
    assertThat(largest[0]).isGreaterThanOrEqualTo(-quantiser.largest());
    assertThat(largest[1]).isLessThanOrEqualTo(quantiser.largest());
    // nothing else is touched
    for (int i : new int[] {0, 1, count + 2, count + 6}) {
      assertThat(rest[i]).isEqualTo(values[i]);
      assertThat(found[i]).isZero();
    }
    assertThat(Arrays.copyOf(coded, 5)).containsOnly(0);
  }

  /** Half a byte of each value and two bytes of 1024: half as much as bytes. */
  @Test
  void aSliceOfAMillionValuesHasTheStatedBytes() {
    assertThat(new Quantiser(8).bytes(1 << 20)).isEqualTo((1 << 20) + 2 * 1024);
    assertThat(new Quantiser(4).bytes(1 << 20)).isEqualTo((1 << 19) + 2 * 1024);
    assertThat(new Quantiser(4).bytes(1025)).isEqualTo(2 + 512 + 2 + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 4})
  void theExpectationOfAnIntegerIsTheValue(int bits) {
    Quantiser quantiser = new Quantiser(bits);
    float[] values = random(2000, 5);
    double[] sums = new double[values.length];
    int draws = 4000;
    for (int draw = 0; draw < draws; draw++) {
      float[] found = decoded(quantiser, values, draw);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += found[i];
      }
    }
    double bias = 0;
    for (int i = 0; i < sums.length; i++) {
      double unit =
          i < Quantiser.GROUP
              ? unit(values, 0, Quantiser.GROUP, quantiser)
              : unit(values, Quantiser.GROUP, values.length, quantiser);
      double error = (sums[i] / draws - values[i]) / unit;
      // at most half a unit of deviation: five standard errors
      assertThat(Math.abs(error)).isLessThan(5 * 0.5 / Math.sqrt(draws));
      bias += error;
    }
    assertThat(bias / sums.length).isCloseTo(0, within(5 * 0.5 / Math.sqrt(draws * 2000.0)));
  }

  @Test
  void whatTheUnitDividesStaysExactlyWhatItIs() {
    float[] values = {0, 127, -127, 1, -64, 0};
    for (int draw = 0; draw < 100; draw++) {
      assertThat(decoded(new Quantiser(8), values, draw)).isEqualTo(values);
    }
    float[] zeros = new float[3000];
    assertThat(decoded(new Quantiser(4), zeros, 1)).isEqualTo(zeros);
  }

  @Test
  void theRoundingDependsOnTheDrawAndThePlaceAlone() {
    Quantiser quantiser = new Quantiser(4);
    float[] values = random(1024, 8);
    Set<String> codes = new HashSet<>();
    for (int place : new int[] {0, 1, 1024}) {
      for (long draw = 0; draw < 3; draw++) {
        byte[] once = new byte[quantiser.bytes(1024)];
        quantiser.code(values.clone(), 0, 1024, draw, place, once, 0);
        byte[] again = new byte[once.length];
        quantiser.code(values.clone(), 0, 1024, draw, place, again, 0);
        assertThat(again).isEqualTo(once);
        codes.add(Arrays.toString(once));
      }
    }
    assertThat(codes).hasSize(9);
  }

  @Test
  void theSmallestNumbersAreCodedToo() {
    float[] values = {Float.MIN_VALUE, -Float.MIN_VALUE, 1e-39f, 0, Float.MIN_NORMAL};
    for (int bits : new int[] {4, 8}) {
      float[] found = decoded(new Quantiser(bits), values, 3);
      for (int i = 0; i < values.length; i++) {
        assertThat(found[i]).isCloseTo(values[i], within(Float.MIN_NORMAL));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      floats = {
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MAX_VALUE,
        -Float.MAX_VALUE
      })
  void whatHasNoUnitEndsTheTraining(float bad) {
    float[] values = random(50, 1);
    values[17] = bad;
    assertThatExceptionOfType(DivergenceException.class)
        .isThrownBy(() -> decoded(new Quantiser(8), values, 1))
        .withMessageStartingWith(
            "expected parameters that change by finite amounts in a round, found ");
  }

  private static float[] decoded(Quantiser quantiser, float[] values, long draw) {
    byte[] coded = new byte[quantiser.bytes(values.length)];
    quantiser.code(values.clone(), 0, values.length, draw, 0, coded, 0);
    float[] found = new float[values.length];
    quantiser.decode(coded, 0, found, 0, values.length);
    return found;
  }

  /** At most 2^-7 above the largest magnitude / L, as bfloat16. */
  private static double unit(float[] values, int from, int to, Quantiser quantiser) {
    float largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    int bits = Float.floatToRawIntBits(largest / quantiser.largest());
    float down = Float.intBitsToFloat(bits & 0xffff0000);
    return down * quantiser.largest() >= largest
        ? down
        : Float.intBitsToFloat((bits & 0xffff0000) + 0x10000);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * 0.01f;
    }
    return values;
  }
}
