package io.spikeformer.data.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplePainterTest {
  private static final List<String> CLASSES = List.of("road", "zebra crossing", "日本");
  private final ImageCodec codec = new ImageCodec();
  private final SamplePainter painter = new SamplePainter(CLASSES);

  @Test
  void boxesCarryTheNamesOfTheirClasses() throws Exception {
    RgbImage drawn = codec.decode(painter.draw(detection(200, 300)));
    assertThat(drawn.height()).isEqualTo(200);
    Lettering text = Lettering.of("zebra crossing", 8);
    assertLettering(drawn, text, 50 - text.height(), 100, ClassColours.of(1));

    RgbImage sheet = codec.decode(painter.sheet(List.of(detection(100, 112))));
    assertThat(sheet.height()).as("no legend: the names stand at the boxes").isEqualTo(224);
    // the cell is twice as large as the image, and in its middle
    assertLettering(sheet, text, 2 * 50 - text.height() + 12, 2 * 30, ClassColours.of(1));
  }

  @Test
  void anImageThatNamesWouldHideHasALegend() throws Exception {
    RgbImage drawn = codec.decode(painter.draw(detection(60, 40)));
    assertThat(drawn.height()).isGreaterThan(60);
    assertThat(colours(drawn, 60)).contains(ClassColours.of(1)).doesNotContain(ClassColours.of(0));
  }

  @Test
  void labelMapsHaveALegendOfTheClassesThatAreThere() throws Exception {
    RgbImage drawn = codec.decode(painter.draw(segmentation(0, 2, LabelMap.IGNORED)));
    assertThat(drawn.width()).isGreaterThanOrEqualTo(40);
    assertThat(colours(drawn, 40))
        .contains(ClassColours.ofPixels(0), ClassColours.ofPixels(2))
        .doesNotContain(ClassColours.ofPixels(1));
    RgbImage sheet =
        codec.decode(painter.sheet(List.of(segmentation(0, 0, 0), segmentation(1, 1, 2))));
    assertThat(colours(sheet, 224))
        .contains(ClassColours.ofPixels(0), ClassColours.ofPixels(1), ClassColours.ofPixels(2));
  }

  @ParameterizedTest
  @CsvSource({"zebra crossing, zebra crossing", "Crème brûlée, Creme brulee", "日本, class 7"})
  void namesAreDrawnInTheLettersThatThereAre(String name, String drawn) {
    assertThat(Lettering.drawable(name, 7)).isEqualTo(drawn);
  }

  /** The patch has the class's colour, and the ink as much as the letters cover a pixel. */
  private static void assertLettering(
      RgbImage image, Lettering text, int top, int left, int colour) {
    int ink = ClassColours.ink(colour);
    int covered = 0;
    for (int row = 0; row < text.height(); row++) {
      for (int column = 0; column < text.width(); column++) {
        double share = text.share(row, column);
        covered += share > 0.5 ? 1 : 0;
        for (int channel = 0; channel < 3; channel++) {
          int shift = 16 - 8 * channel;
          double mixed = share * (ink >> shift & 0xff) + (1 - share) * (colour >> shift & 0xff);
          assertThat(image.value(top + row, left + column, channel))
              .isEqualTo((int) Math.round(mixed));
        }
      }
    }
    assertThat(covered).isGreaterThan(100);
  }

  private static Set<Integer> colours(RgbImage image, int fromRow) {
    Set<Integer> colours = new HashSet<>();
    for (int row = fromRow; row < image.height(); row++) {
      for (int column = 0; column < image.width(); column++) {
        colours.add(colour(image, row, column));
      }
    }
    return colours;
  }

  private static int colour(RgbImage image, int row, int column) {
    return image.value(row, column, 0) << 16
        | image.value(row, column, 1) << 8
        | image.value(row, column, 2);
  }

  /** A grey image with one object of class 1, whose box begins at the middle row. */
  private Sample detection(int height, int width) {
    int top = height == 200 ? 50 : height / 2;
    int left = height == 200 ? 100 : 30;
    Rle mask = Rle.ofCounts(height, width, height * width);
    Rect box = new Rect(left, top, 8, 8);
    DetectedObject object = new DetectedObject(5, 1, ObjectKind.INSTANCE, box, 64, mask);
    return new Sample(
        "k", grey(height, width), new EncodedObjects(ObjectBytes.encode("k", List.of(object))));
  }

  /** An image of 40 x 30 pixels with these classes in stripes of ten columns. */
  private Sample segmentation(int... classes) {
    byte[] labels = new byte[40 * 30];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) classes[i % 30 / 10];
    }
    return new Sample(
        "k", grey(40, 30), new EncodedLabelMap(new LabelMap(40, 30, labels).encode()));
  }

  private EncodedImage grey(int height, int width) {
    byte[] pixels = new byte[height * width * 3];
    Arrays.fill(pixels, (byte) 90);
    byte[] file = codec.encode(new RgbImage(height, width, pixels), ImageEncoding.PNG);
    return new EncodedImage(file, ImageEncoding.PNG, height, width);
  }
}
