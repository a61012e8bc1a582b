package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.image.Box;
import io.spikeformer.data.order.SeededRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
