package io.spikeformer.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ResizePassesTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 500", "17, 4", "40, 5", "40, 7", "64, 64", "33, 97", "375, 500"})
  void vectorsGiveTheLevelsOfThePlainSums(int height, int width) {
    for (Interpolation interpolation : Interpolation.values()) {
      RgbImage image = noise(height, width);
      Random random = new Random(height * 31L + width);
      for (int i = 0; i < 6; i++) {
        Box box = i == 0 ? Box.whole(image) : draw(image, random);
        ResizeTaps columns = ResizeTaps.of(box.width(), 1 + random.nextInt(300), interpolation);
        ResizeTaps rows = ResizeTaps.of(box.height(), 1 + random.nextInt(300), interpolation);
        assertThat(ImageResize.resize(image, box, columns, rows, new VectorPasses()).pixels())
            .isEqualTo(ImageResize.resize(image, box, columns, rows, new PlainPasses()).pixels());
      }
    }
  }

  /** Black beside white is where a cubic leaves the levels on both sides. */
  @ParameterizedTest
  @EnumSource(Interpolation.class)
  void levelsStayInTheirRange(Interpolation interpolation) {
    byte[] pixels = new byte[20 * 20 * RgbImage.CHANNELS];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / RgbImage.CHANNELS % 20 < 10 ? 0 : 255);
    }
    RgbImage image = new RgbImage(20, 20, pixels);
    ResizeTaps taps = ResizeTaps.of(20, 61, interpolation);
    for (ResizePasses passes : new ResizePasses[] {new VectorPasses(), new PlainPasses()}) {
      RgbImage found = ImageResize.resize(image, Box.whole(image), taps, taps, passes);
      assertThat(found.value(30, 0, 0)).isZero();
      assertThat(found.value(30, 60, 2)).isEqualTo(255);
      for (int x = 1; x < 61; x++) {
        assertThat(found.value(30, x, 1) < 128).as("column " + x).isEqualTo(x < 30);
      }
    }
  }

  private static Box draw(RgbImage image, Random random) {
    int height = 1 + random.nextInt(image.height());
    int width = 1 + random.nextInt(image.width());
    return new Box(
        random.nextInt(image.height() - height + 1),
        random.nextInt(image.width() - width + 1),
        height,
        width);
  }

  private static RgbImage noise(int height, int width) {
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    new Random(7).nextBytes(pixels);
    return new RgbImage(height, width, pixels);
  }
}
