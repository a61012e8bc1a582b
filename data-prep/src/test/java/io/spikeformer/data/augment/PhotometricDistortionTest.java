package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhotometricDistortionTest {
  private static final PhotometricDistortion USUAL = new PhotometricDistortion(32, 0.5, 0.5, 18);

  @ParameterizedTest
  @CsvSource({
    "100, 1, 31.9, 131", // truncated, not rounded
    "100, 1, -31.1, 68",
    "250, 1, 20, 255",
    "10, 1, -20, 0",
    "101, 0.5, 0, 50",
    "101, 1.5, 0, 151",
    "255, 1.5, 0, 255"
  })
  void levelsAreScaledCutAndTruncated(int level, double factor, double added, int expected) {
    assertThat(
            PhotometricDistortion.levels(colour(level, level, level), factor, added).value(0, 0, 1))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // red, yellow, green, cyan, blue and magenta are 30 steps apart
    "255, 0, 0, 30, 255, 255, 0",
    "255, 0, 0, -30, 255, 0, 255",
    "0, 255, 0, 60, 0, 0, 255",
    "0, 0, 255, 60, 255, 0, 0",
    "200, 200, 200, 17, 200, 200, 200",
    "0, 0, 0, 17, 0, 0, 0",
    // hue 10, saturation 191, value 200: turned by 60 the channels change places
    "200, 100, 50, 60, 50, 200, 100",
    // hue 20 + 5 = 25: 200 (1 - 191 / 255 (1 - 25 / 30)) = 175.03
    "200, 150, 50, 5, 200, 175, 50"
  })
  void hueTurnsIn180Steps(int r, int g, int b, int steps, int red, int green, int blue) {
    assertColour(PhotometricDistortion.turned(colour(r, g, b), steps), red, green, blue);
  }

  @ParameterizedTest
  @CsvSource({
    // saturation 191 becomes 95: 200 (1 - 95 / 255) = 125.49, 200 (1 - 95 / 255 * 2 / 3) = 150.33
    "200, 100, 50, 0.5, 200, 150, 125",
    // saturation 128 becomes 192: 100 (1 - 192 / 255) = 24.7
    "100, 50, 50, 1.5, 100, 25, 25",
    // saturation 191 would be 286, 255 at most
    "200, 50, 50, 1.5, 200, 0, 0",
    "77, 77, 77, 1.5, 77, 77, 77"
  })
  void saturationIsScaledInHsv(int r, int g, int b, double factor, int red, int green, int blue) {
    assertColour(PhotometricDistortion.saturated(colour(r, g, b), factor), red, green, blue);
  }

  @Test
  void theStepsComeInTheirOrderEachForHalfOfTheImages() {
    RgbImage image = TestImages.drawn(12, 17, 5);
    Set<Integer> combinations = new HashSet<>();
    for (long seed = 0; seed < 300; seed++) {
      SeededRandom random = new SeededRandom(seed);
      RgbImage expected = image;
      boolean brightness = random.nextInt(2) == 1;
      if (brightness) {
        expected = PhotometricDistortion.levels(expected, 1, random.nextDouble(-32, 32));
      }
      boolean early = random.nextInt(2) == 1;
      boolean contrast = early && random.nextInt(2) == 1;
      if (contrast) {
        expected = PhotometricDistortion.levels(expected, random.nextDouble(0.5, 1.5), 0);
      }
      boolean saturation = random.nextInt(2) == 1;
      if (saturation) {
        expected = PhotometricDistortion.saturated(expected, random.nextDouble(0.5, 1.5));
      }
      boolean hue = random.nextInt(2) == 1;
      if (hue) {
        expected = PhotometricDistortion.turned(expected, random.nextInt(36) - 18);
      }
      if (!early && random.nextInt(2) == 1) {
        contrast = true;
        expected = PhotometricDistortion.levels(expected, random.nextDouble(0.5, 1.5), 0);
      }
      assertThat(USUAL.apply(image, new SeededRandom(seed)).pixels()).isEqualTo(expected.pixels());
      combinations.add(
          (brightness ? 1 : 0)
              + (early ? 2 : 0)
              + (contrast ? 4 : 0)
              + (saturation ? 8 : 0)
              + (hue ? 16 : 0));
    }
    assertThat(combinations).hasSize(32);
  }

  @Test
  void rangesOfZeroChangeNoLevel() {
    RgbImage grey = colour(90, 90, 90);
    for (long seed = 0; seed < 20; seed++) {
      assertThat(PhotometricDistortion.NONE.apply(grey, new SeededRandom(seed)).pixels())
          .isEqualTo(grey.pixels());
    }
  }

  @Test
  void refusesImpossibleRangesAndCompany() {
    assertThatThrownBy(() -> new PhotometricDistortion(-1, 0.5, 0.5, 18))
        .hasMessage(
            "photometric distortion: expected brightness in [0, 255], contrast and saturation in"
                + " [0, 1] and hue in [0, 90], found -1.0, 0.5, 0.5 and 18");
    assertThatThrownBy(() -> new PhotometricDistortion(1, 0.5, Double.NaN, 18))
        .hasMessageEndingWith("found 1.0, 0.5, NaN and 18");
    assertThatThrownBy(() -> new PhotometricDistortion(1, 0.5, 1, 91))
        .hasMessageEndingWith("and 91");
    assertThatThrownBy(
            () ->
                new ImageAugmentation(
                    InterpolationChoice.BILINEAR,
                    RandAugment.of("rand-m9"),
                    ColourJitter.NONE,
                    USUAL,
                    RandomErasing.NONE))
        .hasMessage(
            "augmentation: expected nothing else that changes levels beside"
                + " photometric-distortion, found rand-augment or colour-jitter; set rand-augment"
                + " to none and colour-jitter to [0, 0, 0, 0]");
  }

  private static RgbImage colour(int red, int green, int blue) {
    return new RgbImage(1, 1, new byte[] {(byte) red, (byte) green, (byte) blue});
  }

  private static void assertColour(RgbImage found, int red, int green, int blue) {
    assertThat(new int[] {found.value(0, 0, 0), found.value(0, 0, 1), found.value(0, 0, 2)})
        .containsExactly(red, green, blue);
  }
}
