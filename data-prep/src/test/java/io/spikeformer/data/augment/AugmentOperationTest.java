package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.augment.AugmentOperation.Direction;
import io.spikeformer.data.augment.AugmentOperation.Sampling;
import io.spikeformer.data.augment.AugmentOperation.Scale;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against images that Pillow changed: src/test/resources/pillow/augment.py. */
class AugmentOperationTest {
  private static final int FILL = 124 << 16 | 116 << 8 | 104;

  @ParameterizedTest
  @ValueSource(strings = {"source", "dim"})
  void givesPillowsLevels(String name) throws Exception {
    RgbImage image = decode("/pillow/" + name + ".png");
    byte[] recorded = decode("/pillow/augmented-" + name + ".png").pixels();
    List<String> steps =
        new String(resource("/pillow/augmented.txt"), StandardCharsets.UTF_8).lines().toList();
    int length = image.pixels().length;
    assertThat(recorded).hasSize(steps.size() * length);
    Set<String> compared = new HashSet<>();
    for (int i = 0; i < steps.size(); i++) {
      byte[] expected = Arrays.copyOfRange(recorded, i * length, (i + 1) * length);
      String[] words = steps.get(i).split(" ");
      assertThat(apply(image, words).pixels()).as(steps.get(i)).isEqualTo(expected);
      compared.add(words[0]);
    }
    assertThat(compared).hasSize(AugmentOperation.values().length + 1);
  }

  private static RgbImage apply(RgbImage image, String[] words) {
    double argument = Double.parseDouble(words[words.length - 1]);
    if (words[0].equals("HUE")) {
      return Hue.turn(image, argument);
    }
    Interpolation interpolation =
        words.length == 3 ? Interpolation.valueOf(words[1]) : Interpolation.BILINEAR;
    return AugmentOperation.valueOf(words[0])
        .apply(image, argument, new Sampling(interpolation, FILL));
  }

  @ParameterizedTest
  @CsvSource({
    "AUTO_CONTRAST, 0, 0, 0",
    "ROTATE, 27, -27, 27",
    "POSTERIZE, 1, 1, 3",
    "SOLARIZE, 26, 26, 230",
    "SOLARIZE_ADD, 99, 99, 99",
    "COLOUR, 1.81, 0.19, 1.72",
    "CONTRAST, 1.81, 0.19, 1.72",
    "BRIGHTNESS, 1.81, 0.19, 1.72",
    "SHARPNESS, 1.81, 0.19, 1.72",
    "SHEAR_X, 0.27, -0.27, 0.27",
    "SHEAR_Y, 0.27, -0.27, 0.27",
    "TRANSLATE_X, 0.405, -0.405, 0.405",
    "TRANSLATE_Y, 0.405, -0.405, 0.405",
  })
  void levelNineMeansTimmsArguments(
      AugmentOperation operation, double forward, double backward, double original) {
    assertThat(operation.argument(9, Scale.INCREASING, Direction.FORWARD))
        .isCloseTo(forward, within(1e-12));
    assertThat(operation.argument(9, Scale.INCREASING, Direction.BACKWARD))
        .isCloseTo(backward, within(1e-12));
    assertThat(operation.argument(9, Scale.ORIGINAL, Direction.FORWARD))
        .isCloseTo(original, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"POSTERIZE, 4, 0", "SOLARIZE, 256, 0", "COLOUR, 1, 0.1", "ROTATE, 0, -30"})
  void theEndsOfTheScale(AugmentOperation operation, double lowest, double highest) {
    assertThat(operation.argument(0, Scale.INCREASING, Direction.BACKWARD))
        .isCloseTo(lowest, within(1e-12));
    assertThat(operation.argument(10, Scale.INCREASING, Direction.BACKWARD))
        .isCloseTo(highest, within(1e-12));
  }

  @Test
  void aPlainImageStaysAsItIsUnderContrastAndEqualize() {
    byte[] pixels = new byte[5 * 4 * 3];
    Arrays.fill(pixels, (byte) 77);
    RgbImage plain = new RgbImage(5, 4, pixels);
    Sampling sampling = new Sampling(Interpolation.BICUBIC, FILL);
    for (AugmentOperation operation :
        List.of(
            AugmentOperation.AUTO_CONTRAST,
            AugmentOperation.EQUALIZE,
            AugmentOperation.CONTRAST,
            AugmentOperation.COLOUR,
            AugmentOperation.SHARPNESS)) {
      assertThat(operation.apply(plain, 1.81, sampling).pixels())
          .as(operation.name())
          .isEqualTo(pixels);
    }
  }

  private static RgbImage decode(String name) throws Exception {
    return new ImageCodec().decode(resource(name));
  }

  private static byte[] resource(String name) throws Exception {
    try (InputStream file = AugmentOperationTest.class.getResourceAsStream(name)) {
      return file.readAllBytes();
    }
  }
}
