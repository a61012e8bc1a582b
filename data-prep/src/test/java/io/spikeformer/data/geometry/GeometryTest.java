package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import org.junit.jupiter.api.Test;

class GeometryTest {
  private static final int PADDING = 0xff;

  @Test
  void pixelsMasksAndBoxesGoToTheSamePlaces() {
    SeededRandom random = new SeededRandom(4);
    int overhanging = 0;
    for (int trial = 0; trial < 500; trial++) {
      int height = 1 + random.nextInt(20);
      int width = 1 + random.nextInt(20);
      Geometry plan = drawn(height, width, random);
      RgbImage moved = plan.place(coordinates(plan), PADDING);
      Rect content = plan.content();
      AxisMap rows = plan.rows();
      AxisMap columns = plan.columns();
      for (int y = 0; y < plan.height(); y++) {
        for (int x = 0; x < plan.width(); x++) {
          boolean inside =
              y >= content.y() && y < content.bottom() && x >= content.x() && x < content.right();
          boolean mapped = rows.source(y) >= 0 && columns.source(x) >= 0;
          assertThat(mapped).isEqualTo(inside);
          assertThat(moved.value(y, x, 2)).isEqualTo(inside ? 1 : PADDING);
          if (inside) {
            assertThat(moved.value(y, x, 0)).isEqualTo(rows.source(y));
            assertThat(moved.value(y, x, 1)).isEqualTo(columns.source(x));
          }
        }
      }
      assertThat(moved(plan, height, width)).isEqualTo(mask(plan));
      overhanging += plan.window().top() < 0 && content.area() > 0 ? 1 : 0;
    }
    assertThat(overhanging).isGreaterThan(100);
  }

  @Test
  void aBoxOfTheSourceLiesWhereItsPixelsDo() {
    Geometry plan =
        new Geometry(
            10, 20, new Box(2, 5, 8, 10), 16, 20, new Box(-3, -4, 30, 40), Flip.HORIZONTAL, 32, 40);

    assertThat(plan.content()).isEqualTo(new Rect(40 - 4 - 20, 3, 20, 16));
    assertThat(plan.apply(new Rect(5, 2, 10, 8))).isEqualTo(plan.content());
    assertThat(plan.apply(new Rect(5, 2, 1, 1))).isEqualTo(new Rect(34, 3, 2, 2));
  }

  @Test
  void aBoxOfTheResultComesFromTheBoxThatWentThere() {
    SeededRandom random = new SeededRandom(9);
    for (int trial = 0; trial < 200; trial++) {
      Geometry plan = drawn(1 + random.nextInt(20), 1 + random.nextInt(20), random);
      Rect box = new Rect(random.nextInt(20) - 5.5, random.nextInt(20), random.nextInt(9), 7.25);
      Rect back = plan.toSource(plan.apply(box));

      assertThat(new double[] {back.x(), back.y(), back.right(), back.bottom()})
          .containsExactly(
              new double[] {box.x(), box.y(), box.right(), box.bottom()}, within(1e-9));
      assertThat(plan.windowSize())
          .isEqualTo(new Size(plan.window().height(), plan.window().width()));
    }
  }

  @Test
  void aPartIsResizedAlone() {
    Geometry plan =
        new Geometry(4, 4, new Box(1, 1, 2, 2), 6, 6, new Box(0, 0, 6, 6), Flip.NONE, 6, 6);
    byte[] pixels = new byte[4 * 4 * 3];
    pixels[0] = 100;
    RgbImage scaled = plan.scale(new RgbImage(4, 4, pixels), Interpolation.BICUBIC);

    assertThat(scaled.pixels()).as("what is beside the part").containsOnly(0).hasSize(6 * 6 * 3);
  }

  private static Geometry drawn(int height, int width, SeededRandom random) {
    int rows = 1 + random.nextInt(height);
    int columns = 1 + random.nextInt(width);
    Box part =
        new Box(
            random.nextInt(height - rows + 1), random.nextInt(width - columns + 1), rows, columns);
    Box window =
        new Box(
            random.nextInt(12) - 8,
            random.nextInt(12) - 8,
            1 + random.nextInt(24),
            1 + random.nextInt(24));
    return new Geometry(
        height,
        width,
        part,
        1 + random.nextInt(24),
        1 + random.nextInt(24),
        window,
        random.nextInt(2) == 0 ? Flip.NONE : Flip.HORIZONTAL,
        window.height() + random.nextInt(3),
        window.width() + random.nextInt(3));
  }

  /** The resized part, each pixel saying from which row and column of the source it is nearest. */
  private static RgbImage coordinates(Geometry plan) {
    byte[] pixels = new byte[plan.scaledHeight() * plan.scaledWidth() * 3];
    int at = 0;
    for (int y = 0; y < plan.scaledHeight(); y++) {
      for (int x = 0; x < plan.scaledWidth(); x++) {
        pixels[at++] = (byte) (plan.part().top() + (int) ((y + 0.5) / plan.scaleY()));
        pixels[at++] = (byte) (plan.part().left() + (int) ((x + 0.5) / plan.scaleX()));
        pixels[at++] = 1;
      }
    }
    return new RgbImage(plan.scaledHeight(), plan.scaledWidth(), pixels);
  }

  /** A mask of every other row of the source, moved run by run. */
  private static byte[] moved(Geometry plan, int height, int width) {
    byte[] pixels = new byte[height * width];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i / width % 2);
    }
    return Rle.encode(height, width, pixels).resample(plan.rows(), plan.columns()).decode();
  }

  private static byte[] mask(Geometry plan) {
    byte[] pixels = new byte[plan.height() * plan.width()];
    for (int i = 0; i < pixels.length; i++) {
      int row = plan.rows().source(i / plan.width());
      boolean inside = row >= 0 && plan.columns().source(i % plan.width()) >= 0;
      pixels[i] = (byte) (inside ? row % 2 : 0);
    }
    return pixels;
  }
}
