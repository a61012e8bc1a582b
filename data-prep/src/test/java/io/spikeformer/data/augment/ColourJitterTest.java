package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ColourJitterTest {
  @Test
  void brightnessKeepsToItsRange() {
    RgbImage image = plain(100, 100, 100);
    ColourJitter jitter = new ColourJitter(0.4, 0, 0, 0);
    Set<Integer> levels = new HashSet<>();
    for (long seed = 0; seed < 2000; seed++) {
      levels.add(jitter.apply(image, new SeededRandom(seed)).value(1, 1, 1));
    }
    assertThat(levels).allMatch(level -> level >= 60 && level <= 140).hasSizeGreaterThan(75);
  }

  @Test
  void hueTurnsRedTowardsItsNeighboursOnly() {
    RgbImage image = plain(255, 0, 0);
    ColourJitter jitter = new ColourJitter(0, 0, 0, 1.0 / 6);
    for (long seed = 0; seed < 200; seed++) {
      RgbImage turned = jitter.apply(image, new SeededRandom(seed));
      assertThat(turned.value(0, 0, 0)).isGreaterThan(248);
      assertThat(Math.min(turned.value(0, 0, 1), turned.value(0, 0, 2))).isZero();
    }
  }

  @Test
  void theOrderOfThePropertiesIsDrawnToo() {
    RgbImage image = TestImages.drawn(6, 6, 1);
    ColourJitter all = new ColourJitter(0.4, 0.4, 0.4, 0.1);
    RgbImage first = all.apply(image, new SeededRandom(5));
    assertThat(all.apply(image, new SeededRandom(5)).pixels()).isEqualTo(first.pixels());
    assertThat(all.apply(image, new SeededRandom(6)).pixels()).isNotEqualTo(first.pixels());
  }

  @Test
  void nothingIsChangedWhenItIsOff() {
    RgbImage image = TestImages.drawn(6, 6, 1);
    assertThat(ColourJitter.NONE.apply(image, new SeededRandom(5))).isSameAs(image);
    assertThat(ColourJitter.NONE.isOff()).isTrue();
  }

  @Test
  void refusesImpossibleRanges() {
    assertThatThrownBy(() -> new ColourJitter(0.4, -1, 0, 0.6))
        .hasMessage(
            "colour jitter: expected brightness, contrast and saturation >= 0 and hue in [0, 0.5],"
                + " found 0.4, -1.0, 0.0 and 0.6");
    assertThatThrownBy(
            () ->
                new ImageAugmentation(
                    InterpolationChoice.BICUBIC,
                    RandAugment.of("rand-m9"),
                    new ColourJitter(0.4, 0.4, 0.4, 0),
                    RandomErasing.NONE))
        .hasMessageContaining("expected rand-augment or colour-jitter, found both");
  }

  private static RgbImage plain(int red, int green, int blue) {
    byte[] pixels = new byte[3 * 3 * 3];
    for (int i = 0; i < pixels.length; i += 3) {
      pixels[i] = (byte) red;
      pixels[i + 1] = (byte) green;
      pixels[i + 2] = (byte) blue;
    }
    return new RgbImage(3, 3, pixels);
  }
}
