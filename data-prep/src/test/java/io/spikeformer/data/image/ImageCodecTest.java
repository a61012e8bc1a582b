package io.spikeformer.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.TestImages;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class ImageCodecTest {
  private final ImageCodec codec = new ImageCodec();

  @Test
  void keepsEveryLevelThroughPng() throws Exception {
    RgbImage image = TestImages.drawn(20, 33, 4);

    RgbImage decoded = codec.decode(codec.encode(image, ImageEncoding.PNG));

    assertThat(decoded.height()).isEqualTo(20);
    assertThat(decoded.width()).isEqualTo(33);
    assertThat(decoded.pixels()).isEqualTo(image.pixels());
  }

  @Test
  void staysCloseThroughJpegAndWritesTheSameBytes() throws Exception {
    RgbImage image = TestImages.drawn(32, 32, 4);
    byte[] file = codec.encode(image, ImageEncoding.JPEG);

    RgbImage decoded = codec.decode(file);

    assertThat(codec.encode(image, ImageEncoding.JPEG)).isEqualTo(file);
    assertPixel(
        decoded, 16, 16, image.value(16, 16, 0), image.value(16, 16, 1), image.value(16, 16, 2));
  }

  @Test
  void convertsCmyk() throws Exception {
    assertPixel(codec.decode(TestFiles.cmykJpeg(16, 16, 0, 255, 255, 0)), 8, 8, 255, 0, 0);
    assertPixel(codec.decode(TestFiles.cmykJpeg(16, 16, 255, 0, 0, 0)), 8, 8, 0, 255, 255);
    assertPixel(codec.decode(TestFiles.cmykJpeg(16, 16, 0, 0, 0, 128)), 8, 8, 127, 127, 127);
  }

  @Test
  void repeatsGrey() throws Exception {
    BufferedImage grey = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 256; i++) {
      grey.getRaster().setSample(i % 16, i / 16, 0, 90);
    }

    assertPixel(codec.decode(TestFiles.encode(grey, "jpg")), 3, 4, 90, 90, 90);
    assertPixel(codec.decode(TestFiles.encode(grey, "png")), 3, 4, 90, 90, 90);
  }

  @Test
  void appliesTheExifOrientation() throws Exception {
    // red grows to the right, green downwards
    byte[] upright = TestImages.jpeg(24, 48, 4);

    RgbImage clockwise = codec.decode(TestFiles.withOrientation(upright, 6));
    RgbImage upsideDown = codec.decode(TestFiles.withOrientation(upright, 3));

    assertThat(clockwise.height()).isEqualTo(48);
    assertThat(clockwise.width()).isEqualTo(24);
    assertThat(clockwise.value(44, 12, 0)).as("red grows downwards").isGreaterThan(200);
    assertThat(clockwise.value(24, 2, 1)).as("green grows to the left").isGreaterThan(200);
    assertThat(upsideDown.value(12, 2, 0)).isGreaterThan(200);
    assertThat(codec.decode(TestFiles.withOrientation(upright, 1)).width()).isEqualTo(48);
  }

  @Test
  void looksUpPalettesDropsAlphaAndCutsTo8Bits() throws Exception {
    BufferedImage palette = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED);
    BufferedImage alpha = new BufferedImage(8, 8, BufferedImage.TYPE_INT_ARGB);
    BufferedImage deep = new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 64; i++) {
      palette.setRGB(i % 8, i / 8, 0xffff0000);
      alpha.setRGB(i % 8, i / 8, 0x4000ff20);
      deep.getRaster().setSample(i % 8, i / 8, 0, 0x8033);
    }

    assertPixel(codec.decode(TestFiles.encode(palette, "png")), 2, 2, 255, 0, 0);
    assertPixel(codec.decode(TestFiles.encode(alpha, "png")), 2, 2, 0, 255, 32);
    assertPixel(codec.decode(TestFiles.encode(deep, "png")), 2, 2, 128, 128, 128);
  }

  @Test
  void decodesProgressiveFiles() throws Exception {
    assertThat(codec.decode(TestFiles.progressiveJpeg(64, 48)).height()).isEqualTo(64);
  }

  @Test
  void refusesWhatOpenCvRefuses() {
    assertThatThrownBy(() -> codec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining("cannot be decoded");
  }

  private static void assertPixel(
      RgbImage image, int row, int column, int red, int green, int blue) {
    assertThat(image.value(row, column, 0)).as("red").isCloseTo(red, within(4));
    assertThat(image.value(row, column, 1)).as("green").isCloseTo(green, within(4));
    assertThat(image.value(row, column, 2)).as("blue").isCloseTo(blue, within(4));
  }
}
