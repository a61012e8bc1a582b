package io.spikeformer.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against images that Pillow resized: src/test/resources/pillow/generate.py. */
class BicubicResizeTest {
  private final ImageCodec codec = new ImageCodec();

  @ParameterizedTest
  @CsvSource({"16, 16", "29, 11", "4, 5", "40, 45"})
  void givesPillowsLevels(int height, int width) throws Exception {
    RgbImage resized = BicubicResize.resize(read("source.png"), height, width);

    assertThat(resized.pixels())
        .isEqualTo(read(Text.format("resized-%dx%d.png", height, width)).pixels());
  }

  @Test
  void cropsBeforeItResizes() throws Exception {
    RgbImage resized = BicubicResize.resize(read("source.png"), new Box(3, 6, 20, 26), 12, 12);

    assertThat(resized.pixels()).isEqualTo(read("cropped-12x12.png").pixels());
  }

  @Test
  void keepsAnImageOfTheSameSize() throws Exception {
    RgbImage source = read("source.png");

    assertThat(BicubicResize.resize(source, 29, 37).pixels()).isEqualTo(source.pixels());
  }

  @Test
  void keepsTheRatioForAShortSide() throws Exception {
    RgbImage landscape = BicubicResize.resizeShortSide(read("source.png"), 10);
    RgbImage portrait = BicubicResize.resizeShortSide(new RgbImage(50, 20, new byte[3000]), 7);

    assertThat(landscape.height()).isEqualTo(10);
    assertThat(landscape.width()).isEqualTo(12); // 10 * 37 / 29 = 12.76, cut
    assertThat(portrait.height()).isEqualTo(17);
    assertThat(portrait.width()).isEqualTo(7);
  }

  @Test
  void refusesABoxOutsideTheImage() throws Exception {
    RgbImage source = read("source.png");

    assertThatThrownBy(() -> BicubicResize.resize(source, new Box(10, 0, 20, 5), 4, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a box inside 29 x 37");
  }

  private RgbImage read(String name) throws Exception {
    try (InputStream file = getClass().getResourceAsStream("/pillow/" + name)) {
      return codec.decode(file.readAllBytes());
    }
  }
}
