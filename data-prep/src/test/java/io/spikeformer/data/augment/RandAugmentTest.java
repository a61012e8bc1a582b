package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandAugmentTest {
  private static final RandAugment PAPER = RandAugment.of("rand-m9-mstd0.5-inc1");

  @Test
  void readsTimmsNotation() {
    assertThat(PAPER).isEqualTo(new RandAugment(2, 9, 0.5, true));
    assertThat(RandAugment.of("rand")).isEqualTo(new RandAugment(2, 10, 0, false));
    assertThat(RandAugment.of("rand-n3-m7-mstd101-inc0"))
        .isEqualTo(new RandAugment(3, 7, Double.POSITIVE_INFINITY, false));
    assertThat(PAPER.text()).isEqualTo("rand-m9-n2-mstd0.5-inc1");
    for (String text : new String[] {"rand", "rand-n1-mstd200", PAPER.text()}) {
      assertThat(RandAugment.of(RandAugment.of(text).text())).isEqualTo(RandAugment.of(text));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "9", "augmix-m3", "rand-", "rand-x3", "rand-m9.5", "rand-m-1", "rand-m9999"})
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> RandAugment.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "rand-augment: expected none or rand with the parts -mMAGNITUDE, -nOPERATIONS,"
                + " -mstdDEVIATION and -inc1, as in rand-m9-mstd0.5-inc1, found '"
                + text
                + "'");
  }

  @Test
  void refusesImpossibleNumbers() {
    assertThatThrownBy(() -> RandAugment.of("rand-m11"))
        .hasMessage(
            "rand-augment: expected 1 operation or more, a magnitude of 0 to 10 and a deviation >="
                + " 0, found 2, 11 and 0.0");
  }

  @Test
  void theSameSeedGivesTheSamePixelsAndOthersDiffer() {
    RgbImage image = noise();
    Set<Integer> results = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      RgbImage first = apply(image, seed);
      assertThat(apply(image, seed).pixels()).isEqualTo(first.pixels());
      assertThat(first.height()).isEqualTo(24);
      results.add(Arrays.hashCode(first.pixels()));
    }
    assertThat(results).hasSizeGreaterThan(50);
  }

  @Test
  void neitherOperationIsAppliedToAQuarterOfTheImages() {
    RgbImage image = noise();
    int unchanged = 0;
    for (long seed = 0; seed < 2000; seed++) {
      unchanged += Arrays.equals(apply(image, seed).pixels(), image.pixels()) ? 1 : 0;
    }
    assertThat(unchanged).isBetween(430, 570);
  }

  /** A picture that all fifteen operations change. */
  private static RgbImage noise() {
    SeededRandom random = new SeededRandom(8);
    byte[] pixels = new byte[24 * 20 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (40 + random.nextInt(128));
    }
    return new RgbImage(24, 20, pixels);
  }

  private static RgbImage apply(RgbImage image, long seed) {
    return PAPER.apply(image, InterpolationChoice.BICUBIC, 0x808080, new SeededRandom(seed));
  }
}
