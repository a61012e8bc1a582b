package io.spikeformer.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against images that Pillow resized: src/test/resources/pillow/augment.py. */
class ImageResizeTest {
  @ParameterizedTest
  @CsvSource({"16, 16", "29, 11", "40, 45"})
  void bilinearGivesPillowsLevels(int height, int width) throws Exception {
    RgbImage source = read("source.png");

    RgbImage resized =
        ImageResize.resize(source, Box.whole(source), height, width, Interpolation.BILINEAR);

    assertThat(resized.pixels())
        .isEqualTo(read(Text.format("bilinear-%dx%d.png", height, width)).pixels());
  }

  private RgbImage read(String name) throws Exception {
    try (InputStream file = getClass().getResourceAsStream("/pillow/" + name)) {
      return new ImageCodec().decode(file.readAllBytes());
    }
  }
}
