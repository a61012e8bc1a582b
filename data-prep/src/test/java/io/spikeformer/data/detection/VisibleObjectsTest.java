package io.spikeformer.data.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.TestPlans;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VisibleObjectsTest {
  private static final Crop TRAINING =
      new Crop.Scaled(
          new Resize.Fit(60, 90, 0.5, 2), new Window.Random(50, 70), new Padding.Multiple(32));

  private static final VisibleObjects VISIBLE = new VisibleObjects(1);

  @Test
  void aTransformedMaskHasTheTransformedBox() {
    SeededRandom random = new SeededRandom(8);
    Crop uncut =
        new Crop.Scaled(new Resize.Fit(60, 90, 0.5, 3), new Window.Whole(), new Padding.None());
    for (int trial = 0; trial < 500; trial++) {
      int height = 10 + random.nextInt(60);
      int width = 10 + random.nextInt(60);
      Geometry geometry = TestPlans.flipped(uncut, height, width, trial);
      // a reduction may leave out the tip of a triangle
      boolean reduced = geometry.scaleX() < 1 || geometry.scaleY() < 1;
      Rle mask = reduced ? rectangle(height, width, random) : triangle(height, width, random);
      Rect moved = mask.resample(geometry.rows(), geometry.columns()).box();
      if (mask.area() > 0 && moved.area() > 0) {
        assertNear(moved, geometry.apply(mask.box()), 1);
      }
    }
  }

  @Test
  void boxesWithoutMasksMoveAsBoxesWithMasksDo() {
    SeededRandom random = new SeededRandom(12);
    int cut = 0;
    for (int trial = 0; trial < 200; trial++) {
      int height = 20 + random.nextInt(60);
      int width = 20 + random.nextInt(60);
      Rle mask = rectangle(height, width, random);
      Rect box = mask.box();
      DetectedObject alone =
          new DetectedObject(1, 0, ObjectKind.CROWD, box, box.area() / 2, Optional.empty());
      Geometry geometry = TestPlans.flipped(TRAINING, height, width, trial);

      List<DetectedObject> out = VISIBLE.after(geometry, List.of(alone));

      Rect left = geometry.apply(box).intersection(geometry.content());
      if (left.width() < 1 || left.height() < 1) {
        assertThat(out).isEmpty();
        continue;
      }
      DetectedObject moved = out.get(0);
      assertThat(moved.mask()).isEmpty();
      assertThat(moved.kind()).isEqualTo(ObjectKind.CROWD);
      assertThat(moved.box()).isEqualTo(left);
      // the share of the area that lies in the window
      assertThat(moved.area()).isCloseTo(left.area() / 2, within(1e-6 * left.area()));
      cut += left.area() < geometry.apply(box).area() - 1 ? 1 : 0;
    }
    assertThat(cut).isGreaterThan(20);
  }

  @Test
  void resamplingRunsEqualsResamplingPixels() {
    SeededRandom random = new SeededRandom(9);
    for (int trial = 0; trial < 300; trial++) {
      int height = 1 + random.nextInt(40);
      int width = 1 + random.nextInt(40);
      byte[] pixels = new byte[height * width];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) random.nextInt(2);
      }
      Geometry geometry = TestPlans.flipped(TRAINING, height, width, trial);
      Rle moved = Rle.encode(height, width, pixels).resample(geometry.rows(), geometry.columns());
      byte[] expected = new byte[geometry.height() * geometry.width()];
      for (int y = 0; y < geometry.height(); y++) {
        for (int x = 0; x < geometry.width(); x++) {
          int row = geometry.rows().source(y);
          int column = geometry.columns().source(x);
          boolean content = row >= 0 && column >= 0;
          expected[y * geometry.width() + x] = content ? pixels[row * width + column] : 0;
        }
      }
      assertThat(moved.decode()).isEqualTo(expected);
    }
  }

  @Test
  void flippingTwiceChangesNothing() {
    SeededRandom random = new SeededRandom(10);
    for (int trial = 0; trial < 50; trial++) {
      Rle mask = triangle(20, 31, random);
      if (mask.area() == 0) {
        continue;
      }
      RgbImage image = TestImages.drawn(20, 31, trial);
      List<DetectedObject> objects = List.of(object(mask.box(), mask));
      Geometry flip = Geometry.flip(20, 31);
      RgbImage once = flip.apply(image, 0);
      List<DetectedObject> flipped = VISIBLE.after(flip, objects);

      assertThat(once.pixels()).isNotEqualTo(image.pixels());
      assertThat(flip.apply(once, 0).pixels()).isEqualTo(image.pixels());
      assertThat(VISIBLE.after(flip, flipped)).isEqualTo(objects);
      assertThat(flipped.get(0).box()).isEqualTo(flipped.get(0).mask().orElseThrow().box());
    }
  }

  @Test
  void pixelsAndMasksStayTogether() {
    // the object is what is light: after any crop and flip the light pixels are the mask
    Crop cropped =
        new Crop.Scaled(new Resize.Original(), new Window.Random(25, 20), new Padding.Size(32, 30));
    SeededRandom random = new SeededRandom(11);
    int seen = 0;
    for (int trial = 0; trial < 200; trial++) {
      Rle mask = triangle(40, 30, random);
      Geometry geometry = TestPlans.flipped(cropped, 40, 30, trial);
      RgbImage image = geometry.apply(light(mask), 0);
      List<DetectedObject> out = VISIBLE.after(geometry, List.of(object(mask.box(), mask)));
      byte[] expected = new byte[32 * 30];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = (byte) ((image.pixels()[3 * i] & 0xff) > 127 ? 1 : 0);
      }
      Rle lightPixels = Rle.encode(32, 30, expected);
      if (out.isEmpty()) {
        assertThat(Math.min(lightPixels.box().width(), lightPixels.box().height())).isLessThan(1);
      } else {
        assertThat(out.get(0).mask()).contains(lightPixels);
        assertThat(out.get(0).box()).isEqualTo(lightPixels.box());
        seen++;
      }
    }
    assertThat(seen).isBetween(80, 199);
  }

  @Test
  void resizingMovesPixelsAndMasksAlike() {
    Rle mask = Rle.ofPolygon(40, 60, new double[] {10, 10, 40, 10, 40, 30, 10, 30});
    Crop crop = Crop.Scaled.fit(80, 200, new Padding.Multiple(32));
    Geometry geometry = crop.draw(40, 60, new SeededRandom(0));
    RgbImage image = geometry.apply(light(mask), 0x7c7468);
    List<DetectedObject> out =
        VISIBLE.after(geometry, List.of(object(new Rect(10, 10, 30, 20), mask)));

    assertThat(geometry.content()).isEqualTo(new Rect(0, 0, 120, 80));
    assertThat(image.height()).isEqualTo(96);
    assertThat(image.width()).isEqualTo(128);
    assertThat(image.value(90, 5, 0)).as("padding").isEqualTo(0x7c);
    assertThat(out.get(0).box()).isEqualTo(new Rect(20, 20, 60, 40));
    assertThat(out.get(0).area()).isEqualTo(600 * 4);
    Rle moved = out.get(0).mask().orElseThrow();
    assertThat(moved.box()).isEqualTo(new Rect(20, 20, 60, 40));
    byte[] inside = moved.decode();
    int different = 0;
    for (int i = 0; i < inside.length; i++) {
      boolean content = i % 128 < 120 && i / 128 < 80;
      boolean isLight = content && (image.pixels()[3 * i] & 0xff) > 127;
      different += isLight == (inside[i] == 1) ? 0 : 1;
    }
    assertThat(different).isZero();
  }

  @Test
  void anObjectThatIsCutGetsTheBoxOfWhatIsLeft() {
    // an L: its lower right part is empty
    Rle mask = Rle.union(List.of(rectangle(0, 0, 20, 4), rectangle(0, 0, 4, 20)));
    DetectedObject object = object(new Rect(0, 0, 20, 20), mask);
    Geometry right = Geometry.identity(20, 20).cut(new Box(0, 10, 20, 10));
    List<DetectedObject> out = VISIBLE.after(right, List.of(object));

    assertThat(out.get(0).box()).isEqualTo(new Rect(0, 0, 10, 4));
    assertThat(out.get(0).area()).isEqualTo(40);
  }

  @Test
  void objectsThatNothingIsLeftOfVanish() {
    DetectedObject far = object(new Rect(15, 15, 5, 5), rectangle(15, 15, 5, 5));
    DetectedObject flat = object(new Rect(1, 1, 5, 0), Rle.ofCounts(20, 20, 400));
    DetectedObject hollow =
        object(
            new Rect(0, 0, 20, 20),
            Rle.union(List.of(rectangle(0, 18, 20, 2), rectangle(18, 0, 2, 20))));
    DetectedObject near = object(new Rect(0, 0, 5, 5), rectangle(0, 0, 5, 5));
    Geometry corner = Geometry.identity(20, 20).cut(new Box(0, 0, 10, 10));
    assertThat(VISIBLE.after(corner, List.of(far, flat, near, hollow)))
        .extracting(DetectedObject::box)
        .containsExactly(near.box());
  }

  @Test
  void aSideOfNothingIsRefused() {
    assertThatThrownBy(() -> new VisibleObjects(0))
        .hasMessage("smallest side of a box: expected > 0 pixels, found 0.0");
  }

  private static DetectedObject object(Rect box, Rle mask) {
    return new DetectedObject(1, 0, ObjectKind.INSTANCE, box, box.area(), mask);
  }

  /** A mask on 20 x 20 pixels. */
  private static Rle rectangle(int x, int y, int width, int height) {
    double right = x + width;
    double bottom = y + height;
    return Rle.ofPolygon(20, 20, new double[] {x, y, right, y, right, bottom, x, bottom});
  }

  private static Rle rectangle(int height, int width, SeededRandom random) {
    double left = random.nextDouble(0, width);
    double right = random.nextDouble(left, width);
    double top = random.nextDouble(0, height);
    double bottom = random.nextDouble(top, height);
    return Rle.ofPolygon(
        height, width, new double[] {left, top, right, top, right, bottom, left, bottom});
  }

  private static Rle triangle(int height, int width, SeededRandom random) {
    double[] corners = new double[6];
    for (int i = 0; i < 6; i++) {
      corners[i] = random.nextDouble(0, i % 2 == 0 ? width : height);
    }
    return Rle.ofPolygon(height, width, corners);
  }

  private static RgbImage light(Rle mask) {
    byte[] inside = mask.decode();
    byte[] pixels = new byte[3 * inside.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (inside[i / 3] == 1 ? 255 : 0);
    }
    return new RgbImage(mask.height(), mask.width(), pixels);
  }

  private static void assertNear(Rect found, Rect expected, double pixels) {
    assertThat(found.x()).isCloseTo(expected.x(), within(pixels));
    assertThat(found.y()).isCloseTo(expected.y(), within(pixels));
    assertThat(found.right()).isCloseTo(expected.right(), within(pixels));
    assertThat(found.bottom()).isCloseTo(expected.bottom(), within(pixels));
  }
}
