package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CropTest {
  @Test
  void resizingObeysTheNarrowerLimitAndKeepsTheRatio() {
    Crop crop = Crop.Scaled.fit(800, 1333, new Padding.None());

    assertSize(draw(crop, 480, 640, 0), 800, 1067);
    assertSize(draw(crop, 640, 480, 0), 1067, 800);
    assertSize(draw(crop, 300, 900, 0), 444, 1333);
    assertSize(draw(crop, 1, 5000, 0), 1, 1333);
  }

  @Test
  void paddingIsAddedBelowAndOnTheRight() {
    Crop crop = Crop.Scaled.fit(800, 1333, new Padding.Multiple(32));
    Geometry geometry = draw(crop, 480, 640, 0);

    assertThat(geometry.height()).isEqualTo(800);
    assertThat(geometry.width()).isEqualTo(1088);
    assertThat(geometry.content()).isEqualTo(new Rect(0, 0, 1067, 800));
    assertThat(geometry.columns().source(1066)).isEqualTo(639);
    assertThat(geometry.columns().source(1067)).isEqualTo(AxisMap.OUTSIDE);
  }

  @Test
  void jitterCoversItsRange() {
    Crop crop =
        new Crop.Scaled(new Resize.Fit(100, 100, 0.5, 2), new Window.Whole(), new Padding.None());
    double smallest = 9;
    double largest = 0;
    for (long seed = 0; seed < 1000; seed++) {
      double scale = draw(crop, 100, 50, seed).scaleY();
      smallest = Math.min(smallest, scale);
      largest = Math.max(largest, scale);
    }
    assertThat(smallest).isCloseTo(0.5, within(0.02));
    assertThat(largest).isCloseTo(2, within(0.02));
  }

  @Test
  void windowsReachEveryPlace() {
    Crop crop =
        new Crop.Scaled(new Resize.Original(), new Window.Random(4, 8), new Padding.Size(4, 8));
    Set<Box> windows = new HashSet<>();
    for (long seed = 0; seed < 1000; seed++) {
      windows.add(draw(crop, 6, 9, seed).window());
    }
    assertThat(windows).hasSize(3 * 2).contains(new Box(0, 0, 4, 8), new Box(2, 1, 4, 8));
    assertThat(draw(crop, 3, 5, 1).window()).isEqualTo(new Box(0, 0, 3, 5));
    assertThat(draw(crop, 3, 5, 1).height()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "480, 640, 800, 1067",
    "427, 640, 800, 1199",
    "640, 427, 1199, 800",
    "333, 500, 800, 1201",
    "375, 1242, 402, 1333",
    "20, 10, 1333, 667"
  })
  void sizesAreRoundedAsMmDetectionDoes(int height, int width, int rows, int columns) {
    Geometry plan = draw(Crop.Scaled.fit(800, 1333, new Padding.Multiple(32)), height, width, 1);

    assertThat(plan.windowSize()).isEqualTo(new Size(rows, columns));
    assertThat(plan.height()).isEqualTo((rows + 31) / 32 * 32);
  }

  @Test
  void shortSidesAreDrawnUniformly() {
    Crop crop =
        new Crop.Scaled(
            new Resize.Choice(List.of(480, 640, 800), 1333),
            new Window.Whole(),
            new Padding.Multiple(32));
    Map<Integer, Integer> found = new TreeMap<>();
    for (long seed = 0; seed < 3000; seed++) {
      found.merge(draw(crop, 480, 640, seed).window().height(), 1, Integer::sum);
    }
    assertThat(found.keySet()).containsExactly(480, 640, 800);
    assertThat(found.values()).allMatch(count -> count > 900 && count < 1100);
    assertThat(crop.extent()).isEqualTo(new Extent(800, 1344, Extent.Sizes.PADDED));
  }

  @Test
  void aPartIsDrawnAtOneSizeAndResizedToAnother() {
    Resize second = new Resize.Choice(List.of(480, 512, 800), 1333);
    Crop part =
        new Zoomed(
            new Resize.Choice(List.of(400, 500, 600), 1333),
            384,
            600,
            second,
            new Padding.Multiple(32));
    for (long seed = 0; seed < 300; seed++) {
      Geometry plan = draw(part, 480, 640, seed);
      Box cut = plan.part();
      // at a short side of 400 the image has 400 rows, at one of 600 it has 600
      assertThat(cut.height()).isBetween(307, 480);
      assertThat(cut.width()).isBetween(307, 640);
      assertThat(Math.min(plan.scaledHeight(), plan.scaledWidth())).isIn(480, 512, 800);
      assertThat(plan.scaleX()).isCloseTo(plan.scaleY(), within(0.002));
      assertThat(plan.height() % 32 + plan.width() % 32).isZero();
    }
    assertThat(draw(part, 1, 1, 1).part()).isEqualTo(new Box(0, 0, 1, 1));
    assertThat(draw(part, 3000, 17, 1).part().width()).isEqualTo(17);
    Crop whole = new Crop.Scaled(second, new Window.Whole(), new Padding.Multiple(32));
    Crop either = new OneOf(List.of(whole, part));
    assertThat(either.extent()).isEqualTo(new Extent(800, 1344, Extent.Sizes.PADDED));
    long wholes =
        IntStream.range(0, 1000)
            .filter(seed -> draw(either, 480, 640, seed).part().height() == 480)
            .filter(seed -> draw(either, 480, 640, seed).part().width() == 640)
            .count();
    assertThat(wholes).isBetween(450L, 560L);
  }

  @Test
  void evaluationDrawsNothing() {
    Crop crop = Crop.Scaled.fit(80, 200, new Padding.Multiple(32));

    assertThat(draw(crop, 33, 44, 1)).isEqualTo(draw(crop, 33, 44, 2));
  }

  @Test
  void refusesImpossibleValues() {
    assertThatThrownBy(() -> new Resize.Fit(10, 5, 1, 1))
        .hasMessageContaining("expected 1 <= short side <= long side, found 10 and 5");
    assertThatThrownBy(() -> new Resize.Fit(5, 10, 0, 1))
        .hasMessageContaining("expected 0 < smallest factor <= largest factor, found 0.0 and 1.0");
    assertThatThrownBy(() -> new Resize.Fit(1024, 10_000, 1, 2))
        .hasMessageContaining("expected at most 16384 pixels a side");
    assertThatThrownBy(() -> new Window.Random(0, 5))
        .hasMessage("crop: expected 1 to 16384 pixels a side, found 0 x 5");
    assertThatThrownBy(() -> new Padding.Size(5, 20_000))
        .hasMessage("padding: expected 1 to 16384 pixels a side, found 5 x 20000");
    assertThatThrownBy(() -> new Window.Random(5, 5, 0))
        .hasMessage("crop: expected a largest share of a class above 0 and at most 1, found 0.0");
    assertThatThrownBy(() -> new Window.Random(5, 5, 1.5))
        .hasMessageContaining("largest share of a class above 0 and at most 1, found 1.5");
    assertThatThrownBy(() -> new Rect(0, Double.NaN, 1, 1))
        .hasMessageContaining("rectangle: expected finite numbers");
    assertThatThrownBy(() -> new Resize.Choice(List.of(), 5))
        .hasMessage("resize: expected at least one short side, found none");
    assertThatThrownBy(() -> new Resize.Choice(List.of(4, 6), 5))
        .hasMessageContaining("expected 1 <= short side <= long side, found 6 and 5");
    Resize fit = Resize.Fit.within(4, 6);
    assertThatThrownBy(() -> new Zoomed(fit, 9, 8, fit, new Padding.None()))
        .hasMessage("part of an image: expected 1 <= smallest side <= largest side, found 9 and 8");
    assertThatThrownBy(() -> new Letterbox(0))
        .hasMessage("letterbox: expected 1 to 16384 pixels a side, found 0 x 0");
    Box box = new Box(0, 1, 4, 4);
    assertThatThrownBy(() -> new Geometry(4, 4, box, 4, 4, box, Flip.NONE, 4, 4))
        .hasMessageContaining("geometry: expected a part inside 4 x 4, resized to at least 1 x 1");
    assertThatThrownBy(() -> new Geometry(4, 8, box, 4, 4, box, Flip.NONE, 4, 3))
        .hasMessageContaining("geometry: expected a window inside the result, 4 x 3");
    assertThatThrownBy(() -> Geometry.flip(4, 4).requireSource(4, 5))
        .hasMessage("geometry: expected a source of 4 x 4 pixels, found 4 x 5");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 512, 512", "512, 512, 512, 512", "3000, 17, 2048, 12", "17, 3000, 12, 2048"})
  void anyImageFits(int height, int width, int rows, int columns) {
    Crop crop = Crop.Scaled.fit(512, 2048, new Padding.None());
    Geometry plan = draw(crop, height, width, 0);

    assertSize(plan, rows, columns);
    assertThat(plan.height()).isEqualTo(rows);
    assertThat(plan.width()).isEqualTo(columns);
  }

  @Test
  void theExtentSaysHowLargeResultsBecome() {
    Resize jittered = new Resize.Fit(512, 2048, 0.5, 2);
    Window window = new Window.Random(512, 512);
    Padding square = new Padding.Size(512, 512);

    assertThat(new Crop.Scaled(jittered, window, square).extent())
        .isEqualTo(new Extent(512, 512, Extent.Sizes.EQUAL));
    assertThat(new Crop.Scaled(jittered, window, new Padding.Multiple(512)).extent())
        .isEqualTo(new Extent(512, 512, Extent.Sizes.EQUAL));
    assertThat(new Crop.Scaled(jittered, window, new Padding.None()).extent())
        .isEqualTo(new Extent(512, 512, Extent.Sizes.SINGLE));
    assertThat(new Crop.Scaled(jittered, new Window.Whole(), new Padding.None()).extent())
        .isEqualTo(new Extent(1024, 4096, Extent.Sizes.SINGLE));
    assertThat(Crop.Scaled.fit(800, 1333, new Padding.Multiple(32)).extent())
        .isEqualTo(new Extent(800, 1344, Extent.Sizes.PADDED));
    assertThat(Crop.Scaled.fit(800, 1333, new Padding.Multiple(32)).extent().largest(1))
        .isEqualTo(new Size(800, 1344));
    assertThat(Crop.Scaled.fit(800, 1333, new Padding.Multiple(32)).extent().largest(2))
        .as("a high and a wide image in one batch")
        .isEqualTo(new Size(1344, 1344));
    assertThat(Crop.Scaled.fit(10, 20, new Padding.Size(1, 20)).extent())
        .as("higher images become larger than wider ones")
        .isEqualTo(new Extent(20, 20, Extent.Sizes.SINGLE));
    assertThat(new Crop.Centre(224, 256).extent())
        .isEqualTo(new Extent(224, 224, Extent.Sizes.EQUAL));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "3, 4", "10, 11", "25, 11"})
  void aWindowOfOneClassIsDrawnAgainTenTimesAtMost(int refusals, int draws) {
    List<Geometry> asked = new ArrayList<>();
    LabelShare labels =
        plan -> {
          asked.add(plan);
          return asked.size() <= refusals ? 0.75 : 0.7499;
        };
    Window window = new Window.Random(8, 8, 0.75);
    Geometry drawn = window.draw(Geometry.identity(100, 100), new SeededRandom(3), labels);

    SeededRandom random = new SeededRandom(3);
    Geometry last = null;
    for (int i = 0; i < draws; i++) {
      last = new Window.Random(8, 8).draw(Geometry.identity(100, 100), random, LabelShare.NONE);
    }
    assertThat(drawn).isEqualTo(last);
    assertThat(asked).hasSize(Math.min(10, refusals + 1));
  }

  @Test
  void withoutARuleNobodyAsksForLabels() {
    LabelShare unasked =
        plan -> {
          throw new AssertionError("asked");
        };
    Geometry whole = Geometry.identity(100, 100);

    assertThat(new Window.Random(8, 8).draw(whole, new SeededRandom(3), unasked).height())
        .isEqualTo(8);
    assertThat(new Window.Random(8, 8, 0.75).draw(whole, new SeededRandom(3), LabelShare.NONE))
        .isEqualTo(new Window.Random(8, 8).draw(whole, new SeededRandom(3), LabelShare.NONE));
  }

  private static Geometry draw(Crop crop, int height, int width, long seed) {
    return crop.draw(height, width, new SeededRandom(seed));
  }

  private static void assertSize(Geometry geometry, int height, int width) {
    assertThat(geometry.scaledHeight()).isEqualTo(height);
    assertThat(geometry.scaledWidth()).isEqualTo(width);
  }
}
