package io.spikeformer.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.TestImages;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ImageHeaderTest {
  private final byte[] jpeg = TestImages.jpeg(30, 40, 1);
  private final byte[] png = TestImages.png(30, 40, 1);

  @Test
  void tellsEncodingAndSizeFromTheBytes() throws Exception {
    assertThat(ImageHeader.check(jpeg)).isEqualTo(new ImageHeader(ImageEncoding.JPEG, 30, 40));
    assertThat(ImageHeader.check(png)).isEqualTo(new ImageHeader(ImageEncoding.PNG, 30, 40));
  }

  @Test
  void acceptsWhatFollowsTheEnd() throws Exception {
    assertThat(ImageHeader.check(Arrays.copyOf(jpeg, jpeg.length + 100)).height()).isEqualTo(30);
    assertThat(ImageHeader.check(Arrays.copyOf(png, png.length + 100)).height()).isEqualTo(30);
  }

  @Test
  void findsATruncationAtEveryByte() {
    for (int length = 1; length < jpeg.length; length++) {
      assertRejected(Arrays.copyOf(jpeg, length), length < 3 ? "neither" : "truncated JPEG");
    }
    for (int length = 1; length < png.length; length++) {
      assertRejected(Arrays.copyOf(png, length), length < 8 ? "neither" : "truncated PNG");
    }
  }

  @Test
  void isNotFooledByAThumbnailInTheMetadata() throws Exception {
    byte[] thumbnail = TestImages.jpeg(8, 8, 2);
    byte[] whole = TestFiles.insertSegment(jpeg, 0xe1, thumbnail);

    assertThat(ImageHeader.check(whole)).isEqualTo(new ImageHeader(ImageEncoding.JPEG, 30, 40));
    assertRejected(Arrays.copyOf(whole, whole.length - 2), "truncated JPEG");
    assertRejected(Arrays.copyOf(whole, 4 + 2 + thumbnail.length), "truncated JPEG");
  }

  @Test
  void walksProgressiveFilesAndRestartMarkers() throws Exception {
    byte[] progressive = TestFiles.progressiveJpeg(64, 48);

    assertThat(ImageHeader.check(progressive))
        .isEqualTo(new ImageHeader(ImageEncoding.JPEG, 64, 48));
    assertRejected(Arrays.copyOf(progressive, progressive.length * 3 / 4), "truncated JPEG");
  }

  @Test
  void rejectsWhatIsNoImage() {
    assertRejected(new byte[0], "empty file");
    assertRejected("<html></html>".getBytes(StandardCharsets.UTF_8), "neither JPEG nor PNG");
    assertRejected(new byte[] {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0}, "neither JPEG nor PNG");
  }

  @Test
  void rejectsHugeDimensionsBeforeDecoding() {
    assertRejected(pngOfSize(20_000, 10), "too large: 20000 x 10 pixels");
    assertRejected(pngOfSize(16_000, 16_000), "too large: 16000 x 16000 pixels");
    assertRejected(pngOfSize(-1, 1), "too large: 4294967295 x 1 pixels");
    assertRejected(pngOfSize(0, 5), "impossible dimensions: 0 x 5");
    assertRejected(jpegOfSize(65_535, 65_535), "too large: 65535 x 65535 pixels");
    assertRejected(jpegOfSize(0, 40), "impossible dimensions: 0 x 40");
  }

  @Test
  void rejectsDamage() {
    byte[] flipped = png.clone();
    flipped[png.length / 2] ^= 4;
    assertRejected(flipped, "damaged PNG: wrong checksum");

    byte[] shortSegment = jpeg.clone();
    shortSegment[4] = 0;
    shortSegment[5] = 1;
    assertRejected(shortSegment, "damaged JPEG: a segment of length 1");

    byte[] nothing = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xd9};
    assertRejected(nothing, "JPEG without image data");
  }

  private static void assertRejected(byte[] file, String reason) {
    assertThatThrownBy(() -> ImageHeader.check(file))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining(reason);
  }

  /** The PNG with another size in its header, its checksum made right again. */
  private byte[] pngOfSize(int height, int width) {
    byte[] file = png.clone();
    ByteBuffer.wrap(file).putInt(16, width).putInt(20, height);
    CRC32 checksum = new CRC32();
    checksum.update(file, 12, 17);
    ByteBuffer.wrap(file).putInt(29, (int) checksum.getValue());
    return file;
  }

  /** The JPEG with another size in its frame header. */
  private byte[] jpegOfSize(int height, int width) {
    byte[] file = jpeg.clone();
    for (int i = 2; i < file.length; i++) {
      if ((file[i] & 0xff) == 0xff && (file[i + 1] & 0xff) == 0xc0) {
        ByteBuffer.wrap(file).putShort(i + 5, (short) height).putShort(i + 7, (short) width);
        return file;
      }
    }
    throw new AssertionError("no frame header");
  }
}
