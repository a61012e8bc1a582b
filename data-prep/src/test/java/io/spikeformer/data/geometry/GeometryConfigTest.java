package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.image.Box;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GeometryConfigTest {
  @Test
  void resizingObeysTheNarrowerLimitAndKeepsTheRatio() {
    GeometryConfig config = GeometryConfig.evaluation(800, 1333, new Padding.None());

    assertSize(config.draw(480, 640, 0), 800, 1067);
    assertSize(config.draw(640, 480, 0), 1067, 800);
    assertSize(config.draw(300, 900, 0), 444, 1333);
    assertSize(config.draw(1, 5000, 0), 1, 1333);
  }

  @Test
  void paddingIsAddedBelowAndOnTheRight() {
    GeometryConfig config = GeometryConfig.evaluation(800, 1333, new Padding.Multiple(32));
    Geometry geometry = config.draw(480, 640, 0);

    assertThat(geometry.height()).isEqualTo(800);
    assertThat(geometry.width()).isEqualTo(1088);
    assertThat(geometry.content()).isEqualTo(new Rect(0, 0, 1067, 800));
    assertThat(geometry.columns().source(1066)).isEqualTo(639);
    assertThat(geometry.columns().source(1067)).isEqualTo(AxisMap.OUTSIDE);
  }

  @Test
  void jitterCoversItsRange() {
    GeometryConfig config =
        new GeometryConfig(
            new Resize.Fit(100, 100, 0.5, 2), new Window.Whole(), 0, new Padding.None(), 0);
    double smallest = 9;
    double largest = 0;
    for (long seed = 0; seed < 1000; seed++) {
      double scale = config.draw(100, 50, seed).scaleY();
      smallest = Math.min(smallest, scale);
      largest = Math.max(largest, scale);
    }
    assertThat(smallest).isCloseTo(0.5, within(0.02));
    assertThat(largest).isCloseTo(2, within(0.02));
  }

  @Test
  void windowsReachEveryPlaceAndHalfAreFlipped() {
    GeometryConfig config =
        new GeometryConfig(
            new Resize.Original(), new Window.Random(4, 8), 0.5, new Padding.Size(4, 8), 0);
    Set<Box> windows = new HashSet<>();
    int flipped = 0;
    for (long seed = 0; seed < 1000; seed++) {
      Geometry geometry = config.draw(6, 9, seed);
      windows.add(geometry.window());
      flipped += geometry.flip() == Flip.HORIZONTAL ? 1 : 0;
    }
    assertThat(windows).hasSize(3 * 2).contains(new Box(0, 0, 4, 8), new Box(2, 1, 4, 8));
    assertThat(flipped).isBetween(420, 580);
    assertThat(config.draw(3, 5, 1).window()).isEqualTo(new Box(0, 0, 3, 5));
    assertThat(config.draw(3, 5, 1).height()).isEqualTo(4);
  }

  @Test
  void evaluationDrawsNothing() {
    GeometryConfig config = GeometryConfig.evaluation(80, 200, new Padding.Multiple(32));

    assertThat(config.draw(33, 44, 1)).isEqualTo(config.draw(33, 44, 2));
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
    assertThatThrownBy(
            () ->
                new GeometryConfig(
                    new Resize.Original(), new Window.Whole(), 2, new Padding.None(), 0))
        .hasMessage("flip probability: expected 0 to 1, found 2.0");
    assertThatThrownBy(
            () ->
                new GeometryConfig(
                    new Resize.Original(), new Window.Whole(), 0, new Padding.None(), 0x1000000))
        .hasMessage("padding colour: expected 0x000000 to 0xffffff, found 0x1000000");
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

  private static void assertSize(Geometry geometry, int height, int width) {
    assertThat(geometry.scaledHeight()).isEqualTo(height);
    assertThat(geometry.scaledWidth()).isEqualTo(width);
  }
}
