package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.order.SeededRandom;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import org.junit.jupiter.api.Test;

class LabelMapTest {
  @Test
  void survivesItsPngFile() throws Exception {
    for (int size = 1; size < 40; size += 3) {
      LabelMap map = drawn(size, 41 - size, 256, size);
      LabelMap back = LabelMap.decode(map.encode());

      assertSame(back, map);
      assertThat(map.encode()).isEqualTo(map.encode());
    }
  }

  @Test
  void itsPngFileIsOneThatOthersRead() throws Exception {
    LabelMap map = drawn(20, 30, 256, 1);
    var image = ImageIO.read(new ByteArrayInputStream(map.encode()));

    assertThat(image.getRaster().getNumBands()).isEqualTo(1);
    assertThat(image.getRaster().getSample(7, 11, 0)).isEqualTo(map.label(11, 7));
  }

  @Test
  void aPaletteChangesTheLookAlone() throws Exception {
    LabelMap map = drawn(9, 14, 3, 2);
    byte[] file = map.encode(0x102030, 0xff0000, 0x00ff07);

    assertSame(LabelMap.decode(file), map);
    var image = ImageIO.read(new ByteArrayInputStream(file));
    int[] colours = {0x102030, 0xff0000, 0x00ff07};
    assertThat(image.getRGB(5, 7) & 0xffffff).isEqualTo(colours[map.label(7, 5)]);
    assertThatThrownBy(() -> map.encode(1, 2))
        .hasMessage("palette: expected colours of labels 0 to 2, found 2 colours");
  }

  @Test
  void palettesAreReadAsIndices() throws Exception {
    for (int bits : new int[] {1, 2, 4, 8}) {
      for (int width = 1; width < 20; width += 3) {
        LabelMap map = drawn(13, width, 1 << bits, width);
        byte[] plain = TestPng.palette(map, bits, ImageWriteParam.MODE_DISABLED);
        byte[] interlaced = TestPng.palette(map, bits, ImageWriteParam.MODE_DEFAULT);

        assertSame(LabelMap.decode(plain), map);
        assertThat(interlaced[28]).isEqualTo((byte) 1);
        assertSame(LabelMap.decode(interlaced), map);
      }
    }
  }

  @Test
  void everyFilterIsUndoneAcrossChunks() throws Exception {
    LabelMap map = drawn(23, 17, 256, 5);

    assertSame(LabelMap.decode(TestPng.filtered(map)), map);
  }

  @Test
  void refusesWhatHoldsNoIndices() {
    assertRefused(TestImages.jpeg(4, 4, 1), "expected a PNG file, found jpeg");
    assertRefused(
        TestImages.png(4, 4, 1),
        "expected a palette or greyscale PNG of 1 to 8 bits, found colour type 2 of 8 bits");
    byte[] lines = TestPng.deflate(new byte[4 * 9]);
    assertRefused(TestPng.file(4, 4, 16, 0, lines), "found colour type 0 of 16 bits");
    assertRefused(TestPng.file(4, 4, 8, 4, lines), "found colour type 4 of 8 bits");
  }

  @Test
  void refusesDamage() {
    byte[] whole = drawn(20, 30, 256, 1).encode();
    assertRefused(Arrays.copyOf(whole, whole.length / 2), "truncated PNG");
    assertRefused(new byte[0], "empty file");
    byte[] few = TestPng.deflate(new byte[3 * 5]);
    assertRefused(TestPng.file(4, 4, 8, 0, few), "expected 4 x 4 pixels, found fewer");
    byte[] half = Arrays.copyOf(TestPng.deflate(new byte[] {0, 1, 2, 3, 4, 0, 7, 9}), 8);
    assertRefused(TestPng.file(4, 4, 8, 0, half), "expected 4 x 4 pixels, found fewer");
    byte[] filter = new byte[4 * 5];
    filter[5] = 5;
    assertRefused(
        TestPng.file(4, 4, 8, 0, TestPng.deflate(filter)), "expected filter 0 to 4, found 5");
    assertRefused(TestPng.file(4, 4, 8, 0, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), "damaged PNG");
    assertRefused(TestPng.file(16_384, 16_384, 1, 0, few), "too large: 16384 x 16384 pixels");
  }

  @Test
  void mutatedFilesAreReadOrRefused() {
    byte[] data = TestPng.deflate(new byte[20 * 31]);
    SeededRandom random = new SeededRandom(6);
    int refused = 0;
    for (int trial = 0; trial < 4000; trial++) {
      // mutated below the checksums, which would stop nearly all of them
      byte[] mutated = data.clone();
      mutated[random.nextInt(mutated.length)] = (byte) random.nextInt(256);
      int bits = 1 << random.nextInt(5);
      try {
        LabelMap.decode(TestPng.file(20, 30, bits, random.nextInt(2) * 3, mutated));
      } catch (InvalidImageException expected) {
        refused++;
      }
    }
    byte[] whole = drawn(20, 30, 7, 2).encode();
    for (int trial = 0; trial < 4000; trial++) {
      byte[] mutated = whole.clone();
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        LabelMap.decode(mutated);
      } catch (InvalidImageException expected) {
        refused++;
      }
    }
    assertThat(refused).isBetween(5000, 7999);
  }

  @Test
  void namesThePixelOfAnUnknownIndex() throws Exception {
    LabelMap voc = new LabelMap(2, 3, new byte[] {0, 20, (byte) 255, 1, 21, 0});
    LabelMap ade = new LabelMap(1, 3, new byte[] {0, 1, (byte) 150});

    assertThatThrownBy(() -> LabelCoding.ofLabels(21).apply(voc))
        .isInstanceOf(InvalidImageException.class)
        .hasMessage("row 1, column 1: expected an index of 0 to 20, or 255, found 21");
    assertThat(LabelCoding.ADE20K.apply(ade).labels())
        .containsExactly((byte) 255, (byte) 0, (byte) 149);
    assertThatThrownBy(() -> LabelCoding.ADE20K.apply(new LabelMap(1, 1, new byte[] {(byte) 151})))
        .hasMessage("row 0, column 0: expected an index of 1 to 150, or 0, found 151");
    assertThatThrownBy(() -> new LabelMap(2, 2, new byte[5]))
        .hasMessage("label map of 2 x 2: expected 4 bytes, found 5");
  }

  static LabelMap drawn(int height, int width, int labels, long seed) {
    SeededRandom random = new SeededRandom(seed);
    byte[] drawn = new byte[height * width];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (byte) random.nextInt(labels);
    }
    return new LabelMap(height, width, drawn);
  }

  static void assertSame(LabelMap found, LabelMap expected) {
    assertThat(found.height()).isEqualTo(expected.height());
    assertThat(found.width()).isEqualTo(expected.width());
    assertThat(found.labels()).isEqualTo(expected.labels());
  }

  private static void assertRefused(byte[] file, String reason) {
    assertThatThrownBy(() -> LabelMap.decode(file))
        .isInstanceOf(InvalidImageException.class)
        .hasMessageContaining(reason);
  }
}
