package io.spikeformer.data.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameImageIntegratorTest {
  private static final int HEIGHT = 20;
  private static final int WIDTH = 30;
  private static final FrameOptions OPTIONS =
      new FrameOptions(2, FrameSplit.BY_NUMBER, 10, 10, 255);

  private final ImageCodec codec = new ImageCodec();

  @Test
  void colouredPixelsAreEventsAndPicturesAreSummed() throws Exception {
    List<FrameImage> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      // one ON event that moves, three OFF events in the pixels of one target
      pictures.add(
          picture(
              i,
              new int[][] {{0, 3 * i, 0xff0000}, {18, 27, 0xff}, {18, 28, 0xe0}, {19, 29, 0xff}}));
    }
    EventFrames frames = integrate(OPTIONS, pictures);
    assertThat(frames.count(0, 1, 0, 0)).isEqualTo(1);
    assertThat(frames.count(0, 1, 0, 1)).isEqualTo(1);
    assertThat(frames.count(0, 1, 0, 2)).isZero();
    assertThat(frames.count(1, 1, 0, 2)).isEqualTo(1);
    assertThat(frames.count(1, 1, 0, 4)).isEqualTo(1);
    assertThat(frames.count(0, 0, 9, 9)).isEqualTo(6);
    assertThat(frames.count(1, 0, 9, 9)).isEqualTo(9);
    int sum = 0;
    for (byte count : frames.counts()) {
      sum += count;
    }
    assertThat(sum).isEqualTo(5 * 4);
    FrameOptions binary = new FrameOptions(2, FrameSplit.BY_NUMBER, 10, 10, 1);
    assertThat(integrate(binary, pictures).count(1, 0, 9, 9)).isEqualTo(1);
  }

  @Test
  void picturesThatCannotBeFramesAreRefused() {
    FrameImage plain = picture(0, new int[0][]);
    assertFault(List.of(plain), "folder: expected 2 to 1000000 pictures, found 1");
    FrameImage grey = picture(7, new int[][] {{4, 5, 0x808080}});
    assertFault(
        List.of(plain, grey),
        "folder/00000007.png: expected a colour of ON or OFF events at (5, 4), found 808080");
    FrameImage damaged =
        new FrameImage("folder/00000001.png", () -> new ByteArrayInputStream(new byte[9]));
    assertFault(
        List.of(plain, damaged),
        "folder/00000001.png: expected a picture, found neither JPEG nor PNG");
    byte[] bytes = codec.encode(new RgbImage(12, 12, new byte[432]), ImageEncoding.PNG);
    FrameImage small = new FrameImage("folder/2.png", () -> new ByteArrayInputStream(bytes));
    assertFault(
        List.of(plain, small),
        "folder/2.png: expected 20 x 30 pixels (height x width) as in the first picture, "
            + "found 12 x 12");
  }

  @Test
  void aPictureOfMoreColoursThanEventsHaveIsRefused() {
    FrameImage photograph = colours(0x10001);

    assertFault(
        List.of(photograph, photograph),
        "folder/p.png: expected a picture of events, of at most 65536 colours, found more");
    assertThatThrownBy(() -> integrate(OPTIONS, List.of(colours(0x10000), photograph)))
        .hasMessageStartingWith("folder/p.png: expected a colour of ON or OFF events");
  }

  /** A picture of so many colours, each in one pixel but for the last. */
  private FrameImage colours(int number) {
    byte[] pixels = new byte[257 * 257 * 3];
    for (int i = 0; i < pixels.length / 3; i++) {
      int colour = Math.min(i, number - 1);
      pixels[3 * i] = (byte) (colour >> 16);
      pixels[3 * i + 1] = (byte) (colour >> 8);
      pixels[3 * i + 2] = (byte) colour;
    }
    byte[] bytes = codec.encode(new RgbImage(257, 257, pixels), ImageEncoding.PNG);
    return new FrameImage("folder/p.png", () -> new ByteArrayInputStream(bytes));
  }

  @Test
  void coloursAreChosenByWhoKnowsThem() {
    PolarityColours green = new PolarityColours(0x00ff00, 0xff0000);
    assertThat(green.polarity(0x10c010)).isEqualTo(1);
    assertThat(green.polarity(0xc01000)).isZero();
    assertThatThrownBy(() -> new PolarityColours(7, 7)).hasMessageContaining("found 7 and 7");
  }

  private static EventFrames integrate(FrameOptions options, List<FrameImage> pictures)
      throws Exception {
    return new FrameImageIntegrator(options, PolarityColours.RED_AND_BLUE)
        .integrate("folder", pictures);
  }

  private static void assertFault(List<FrameImage> pictures, String message) {
    assertThatThrownBy(() -> integrate(OPTIONS, pictures))
        .isInstanceOf(InvalidEventsException.class)
        .hasMessage(message);
  }

  /** A white picture with pixels of {row, column, colour}. */
  private FrameImage picture(int number, int[][] events) {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    Arrays.fill(pixels, (byte) 0xff);
    for (int[] event : events) {
      int at = (event[0] * WIDTH + event[1]) * 3;
      pixels[at] = (byte) (event[2] >> 16);
      pixels[at + 1] = (byte) (event[2] >> 8);
      pixels[at + 2] = (byte) event[2];
    }
    byte[] bytes = codec.encode(new RgbImage(HEIGHT, WIDTH, pixels), ImageEncoding.PNG);
    return new FrameImage(
        Text.format("folder/%08d.png", number), () -> new ByteArrayInputStream(bytes));
  }
}
