package io.spikeformer.data.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.image.Box;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlidingWindowTest {
  @Test
  void theLastWindowIsMovedBackInside() {
    assertThat(new SlidingWindow(4, 3).windows(4, 9))
        .containsExactly(new Box(0, 0, 4, 4), new Box(0, 3, 4, 4), new Box(0, 5, 4, 4));
  }

  @ParameterizedTest
  @CsvSource({"8, 8, 8, 8, 1", "8, 8, 3, 5, 1", "8, 5, 1, 1, 1", "8, 8, 9, 17, 6", "5, 1, 7, 6, 6"})
  void everyPixelIsCovered(int size, int stride, int height, int width, int count) {
    int[] covered = new int[height * width];
    var windows = new SlidingWindow(size, stride).windows(height, width);
    assertThat(windows).hasSize(count);
    for (Box window : windows) {
      assertThat(window.inside(height, width)).isTrue();
      assertThat(window.height()).isEqualTo(Math.min(size, height));
      assertThat(window.width()).isEqualTo(Math.min(size, width));
      for (int y = 0; y < window.height(); y++) {
        for (int x = 0; x < window.width(); x++) {
          covered[(window.top() + y) * width + window.left() + x]++;
        }
      }
    }
    assertThat(covered).doesNotContain(0);
  }

  @Test
  void refusesStridesThatLeaveGaps() {
    assertThatThrownBy(() -> new SlidingWindow(4, 5))
        .hasMessage("window stride: expected 1 to the window's 4 pixels, found 5");
    assertThatThrownBy(() -> new SlidingWindow(0, 1)).hasMessageStartingWith("window: expected");
  }
}
