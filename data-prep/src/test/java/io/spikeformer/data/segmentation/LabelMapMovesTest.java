package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.TestPlans;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.RgbImage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelMapMovesTest {
  private static final int HEIGHT = 40;
  private static final int WIDTH = 50;

  @Test
  void labelsStayOnTheirPixels() {
    Crop crop =
        new Crop.Scaled(new Resize.Original(), new Window.Random(24, 30), new Padding.Size(32, 32));
    RgbImage coordinates = coordinates();
    LabelMap labels = labels();
    for (long seed = 0; seed < 50; seed++) {
      Geometry geometry = TestPlans.flipped(crop, HEIGHT, WIDTH, seed);
      RgbImage image = geometry.apply(coordinates, 0);
      LabelMap moved = labels.apply(geometry);
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          boolean content = y < 24 && x < 30;
          int row = image.value(y, x, 0);
          int column = image.value(y, x, 1);
          int expected = content ? label(row, column) : LabelMap.IGNORED;
          assertThat(moved.label(y, x)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void enlargedLabelsStayOnTheirPixels() {
    // blocks of 10 pixels, three times as large: away from their edges colour and label agree
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    byte[] labels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (((i / WIDTH / 10) + (i % WIDTH / 10)) % 2);
      pixels[3 * i] = (byte) (labels[i] * 255);
    }
    Geometry geometry = Geometry.resize(HEIGHT, WIDTH, 3 * HEIGHT, 3 * WIDTH);
    RgbImage image = geometry.apply(new RgbImage(HEIGHT, WIDTH, pixels), 0);
    LabelMap moved = new LabelMap(HEIGHT, WIDTH, labels).apply(geometry);
    for (int i = 0; i < moved.labels().length; i++) {
      int light = (image.pixels()[3 * i] & 0xff) > 127 ? 1 : 0;
      boolean edge = i / (3 * WIDTH) % 30 % 29 == 0 || i % (3 * WIDTH) % 30 % 29 == 0;
      if (!edge) {
        assertThat((int) moved.labels()[i]).isEqualTo(light);
      }
    }
  }

  @Test
  void flippingTwiceChangesNothing() {
    LabelMap map = LabelMapTest.drawn(9, 13, 256, 1);
    Geometry flip = Geometry.flip(9, 13);

    assertThat(map.apply(flip).label(2, 0)).isEqualTo(map.label(2, 12));
    LabelMapTest.assertSame(map.apply(flip).apply(flip), map);
  }

  @ParameterizedTest
  @CsvSource({"40, 50, 24, 30, 0.5, 2", "7, 9, 30, 30, 1, 5", "90, 33, 8, 8, 0.1, 0.3"})
  void theLargestShareIsThatOfTheMovedMap(
      int height, int width, int rows, int columns, double smallest, double largest) {
    Crop crop =
        new Crop.Scaled(
            new Resize.Fit(20, 30, smallest, largest),
            new Window.Random(rows, columns),
            new Padding.Size(32, 32));
    for (long seed = 0; seed < 50; seed++) {
      LabelMap map = LabelMapTest.drawn(height, width, 3, seed);
      Geometry plan = TestPlans.flipped(crop, height, width, seed);
      long[] pixels = map.apply(plan).pixels();
      pixels[LabelMap.IGNORED] = 0;
      long all = LongStream.of(pixels).sum();
      long most = LongStream.of(pixels).max().orElseThrow();
      assertThat(map.largest(plan)).isEqualTo((double) most / all);
    }
  }

  @Test
  void fewerThanTwoClassesAreAWholeShare() {
    byte[] labels = {(byte) 255, (byte) 255, 4, 4, (byte) 255, 5};
    LabelMap map = new LabelMap(1, 6, labels);
    Geometry all = Geometry.identity(1, 6);

    assertThat(map.largest(all)).isEqualTo(2.0 / 3);
    assertThat(map.largest(all.cut(new Box(0, 0, 1, 2)))).as("ignored alone").isEqualTo(1);
    assertThat(map.largest(all.cut(new Box(0, 1, 1, 2)))).as("one class").isEqualTo(1);
    assertThat(map.largest(all.cut(new Box(0, 8, 1, 2)))).as("padding alone").isEqualTo(1);
    assertThat(map.largest(all.cut(new Box(0, 2, 1, 4)))).isEqualTo(2.0 / 3);
  }

  private static int label(int row, int column) {
    return (row * 7 + column * 3) % 150;
  }

  /** An image whose colours are its coordinates. */
  private static RgbImage coordinates() {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    for (int i = 0; i < HEIGHT * WIDTH; i++) {
      pixels[3 * i] = (byte) (i / WIDTH);
      pixels[3 * i + 1] = (byte) (i % WIDTH);
    }
    return new RgbImage(HEIGHT, WIDTH, pixels);
  }

  private static LabelMap labels() {
    byte[] labels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) label(i / WIDTH, i % WIDTH);
    }
    return new LabelMap(HEIGHT, WIDTH, labels);
  }
}
