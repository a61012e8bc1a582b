package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DifferenceCodingTest {
  /** Weights of 3000 values, 5 biases, 64 variances, weights of 40. */
  private static final ParameterLayout LAYOUT =
      new ParameterLayout(
          List.of(
              entry("a", Kind.WEIGHT, 0, 3000),
              entry("b", Kind.BIAS, 3000, 5),
              entry("variance", Kind.STATISTIC, 3005, 64),
              entry("c", Kind.WEIGHT, 3069, 40)));

  private static final int LENGTH = 3109;

  private static Entry entry(String name, Kind kind, long offset, long length) {
    return new Entry(name, kind, Part.BACKBONE, List.of((int) length), offset, length);
  }

  private static DifferenceCoding coding(int bits) {
    return new DifferenceCoding(LAYOUT, bits, 7);
  }

  @Test
  void trainedValuesAreIntegersAndTheOthersBfloat16() {
    int trained = 2 * 3 + 1500 + 2 + 3 + 2 + 20;
    assertThat(coding(4).bytes(0, LENGTH)).isEqualTo(trained + 2 * 64);
    assertThat(coding(8).bytes(0, 1024)).isEqualTo(1026);
    // behind the model: moments
    assertThat(coding(4).bytes(LENGTH, 100)).isEqualTo(200);
    assertThat(coding(4).bytes(3100, 100)).isEqualTo(2 + 5 + 2 * 91);
    assertThat(coding(4).restLength()).isEqualTo(LENGTH);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void startAndDifferencesAndRestAreTheValues(int bits) {
    int count = 2 * LENGTH;
    float[] start = random(count, 1, 1);
    float[] values = random(count, 2, 1e-3f);
    for (int i = 0; i < count; i++) {
      values[i] += start[i];
    }
    for (int length : new int[] {1024, 2048, count}) {
      for (int first = 0; first < count; first += length) {
        int end = Math.min(count, first + length);
        requireWhole(
            coding(bits),
            first,
            Arrays.copyOfRange(start, first, end),
            Arrays.copyOfRange(values, first, end));
      }
    }
  }

  private static void requireWhole(
      DifferenceCoding coding, int first, float[] start, float[] values) {
    float[] rest = new float[Math.max(0, Math.min(values.length, LENGTH - first))];
    byte[] coded = coding.code(coding.drawOf(3, 1), first, start, values, rest);
    float[] found = coding.decode(first, values.length, coded);
    for (int i = 0; i < values.length; i++) {
      float left = i < rest.length ? rest[i] : 0;
      float change = values[i] - start[i];
      boolean statistic = first + i >= 3005 && first + i < 3069;
      if (statistic || first + i >= LENGTH) {
        assertThat(left).isZero();
        assertThat(found[i]).isEqualTo(DataType.fromBfloat16(DataType.toBfloat16(change)));
      } else {
        assertThat(found[i] + left).isCloseTo(change, within(1e-9f));
      }
    }
  }

  /** Variances move by 1000 times as much as the weights beside them. */
  @Test
  void smallWeightsDoNotSufferFromLargeNeighbours() {
    float[] start = new float[LENGTH];
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = i >= 3005 && i < 3069 ? 10 : 0.01f;
    }
    float[] rest = new float[LENGTH];
    byte[] coded = coding(4).code(1, 0, start, values, rest);
    float[] found = coding(4).decode(0, LENGTH, coded);
    assertThat(found[3004]).isCloseTo(0.01f, within(0.002f));
    assertThat(found[3069]).isCloseTo(0.01f, within(0.002f));
    assertThat(found[3005]).isEqualTo(10);
  }

  @Test
  void aVarianceNeverBecomesNegative() {
    float[] start = new float[LENGTH];
    Arrays.fill(start, 1);
    float[] values = random(LENGTH, 4, 1e-6f);
    for (int i = 0; i < LENGTH; i++) {
      values[i] = Math.abs(values[i]);
    }
    float[] found = coding(4).decode(0, LENGTH, coding(4).code(1, 0, start, values, zeros()));
    for (int i = 3005; i < 3069; i++) {
      assertThat(start[i] + found[i]).isNotNegative();
    }
  }

  /** The sum of what was sent never differs from the sum of the differences by more than a unit. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8})
  void nothingIsLostOverManyRounds(int bits) {
    DifferenceCoding coding = coding(bits);
    float[] start = new float[LENGTH];
    double[] wanted = new double[LENGTH];
    double[] sent = new double[LENGTH];
    float[] rest = zeros();
    for (int round = 0; round < 50; round++) {
      float[] values = random(LENGTH, round, 1e-3f);
      byte[] coded = coding.code(coding.drawOf(round, 0), 0, start, values, rest);
      float[] found = coding.decode(0, LENGTH, coded);
      for (int i = 0; i < LENGTH; i++) {
        wanted[i] += values[i];
        sent[i] += found[i];
      }
    }
    for (int i = 0; i < 3005; i++) {
      assertThat(sent[i] + rest[i]).isCloseTo(wanted[i], within(1e-8));
      assertThat(Math.abs(rest[i])).isLessThan(bits == 4 ? 1.5e-3f : 1e-4f);
    }
  }

  @Test
  void drawsDifferBySeedStepAndSender() {
    DifferenceCoding coding = coding(4);
    DifferenceCoding other = new DifferenceCoding(LAYOUT, 4, 8);
    assertThat(
            List.of(
                coding.drawOf(3, 1),
                coding.drawOf(3, 0),
                coding.drawOf(4, 1),
                coding.drawOfMean(3),
                coding.drawOfMean(4),
                other.drawOf(3, 1)))
        .doesNotHaveDuplicates();
  }

  /** The unit of 1024 values of a normal distribution is about half its standard deviation. */
  @ParameterizedTest
  @CsvSource({"4, 3.2", "8, 7.4"})
  void aFrameHasTheBitsOfItsInformation(int bits, double most) {
    ParameterLayout layout = new ParameterLayout(List.of(entry("a", Kind.WEIGHT, 0, 1 << 16)));
    DifferenceCoding coding = new DifferenceCoding(layout, bits, 7);
    float[] start = new float[1 << 16];
    byte[] frame =
        coding.code(1, 0, start, random(start.length, 1, 1e-3f), new float[start.length]);
    assertThat((double) frame.length * Byte.SIZE / start.length).isLessThan(most);
  }

  static List<byte[]> wrongFrames() {
    byte[] frame = coding(4).code(1, 0, new float[1024], random(1024, 1, 1), zeros());
    byte[] longer = coding(4).code(1, 0, new float[2048], random(2048, 1, 1), zeros());
    return List.of(
        new byte[0], Arrays.copyOf(frame, frame.length / 2), new byte[frame.length], longer);
  }

  @ParameterizedTest
  @MethodSource("wrongFrames")
  void aFrameOfAnotherLengthIsNotRead(byte[] frame) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> coding(4).decode(0, 1024, frame))
        .withMessageStartingWith("coded differences: expected 514 bytes, found ");
  }

  private static float[] zeros() {
    return new float[LENGTH];
  }

  private static float[] random(int count, long seed, float scale) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * (float) random.nextGaussian();
    }
    return values;
  }
}
