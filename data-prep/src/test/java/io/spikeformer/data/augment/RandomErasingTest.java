package io.spikeformer.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.order.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RandomErasingTest {
  private static final int SIDE = 40;
  private static final float KEPT = 1000;

  @Test
  void erasesOneRectangleOfTheAllowedAreaAndShape() {
    RandomErasing always = new RandomErasing(1);
    double smallest = 1;
    double largest = 0;
    for (long seed = 0; seed < 500; seed++) {
      float[] pixels = erased(always, seed);
      int[] bounds = bounds(pixels);
      int rows = bounds[1] - bounds[0] + 1;
      int columns = bounds[3] - bounds[2] + 1;
      assertThat(count(pixels)).isEqualTo(3 * rows * columns);
      double area = (double) rows * columns / (SIDE * SIDE);
      assertThat(area).isBetween(0.015, 1.0 / 3 + 0.02);
      assertThat((double) rows / columns).isBetween(0.3 * 0.8, 1 / 0.3 * 1.25);
      smallest = Math.min(smallest, area);
      largest = Math.max(largest, area);
    }
    assertThat(smallest).isLessThan(0.03);
    assertThat(largest).isGreaterThan(0.31);
  }

  @Test
  void theNoiseIsStandardNormalForEachPixelAndChannel() {
    double sum = 0;
    double squares = 0;
    int values = 0;
    for (long seed = 0; seed < 200; seed++) {
      for (float value : erased(new RandomErasing(1), seed)) {
        if (value != KEPT) {
          sum += value;
          squares += value * value;
          values++;
        }
      }
    }
    assertThat(values).isGreaterThan(100_000);
    assertThat(sum / values).isBetween(-0.02, 0.02);
    assertThat(squares / values).isBetween(0.98, 1.02);
  }

  @Test
  void aQuarterOfTheImagesIsErased() {
    int touched = 0;
    for (long seed = 0; seed < 2000; seed++) {
      touched += count(erased(new RandomErasing(0.25), seed)) > 0 ? 1 : 0;
      assertThat(count(erased(RandomErasing.NONE, seed))).isZero();
    }
    assertThat(touched).isBetween(430, 570);
  }

  @Test
  void staysWithinItsImage() {
    float[] batch = new float[3 * 8 * 6 * 3];
    Arrays.fill(batch, KEPT);
    for (long seed = 0; seed < 200; seed++) {
      new RandomErasing(1).apply(batch, 8 * 6 * 3, 8, 6, 3, new SeededRandom(seed));
    }
    for (int i = 0; i < 8 * 6 * 3; i++) {
      assertThat(batch[i]).isEqualTo(KEPT);
      assertThat(batch[batch.length - 1 - i]).isEqualTo(KEPT);
    }
    assertThat(count(batch)).isEqualTo(8 * 6 * 3);
  }

  @Test
  void refusesAnImpossibleProbability() {
    assertThatThrownBy(() -> new RandomErasing(1.5))
        .hasMessage("random erasing: expected a probability of 0 to 1, found 1.5");
  }

  private static float[] erased(RandomErasing erasing, long seed) {
    float[] pixels = new float[SIDE * SIDE * 3];
    Arrays.fill(pixels, KEPT);
    erasing.apply(pixels, 0, SIDE, SIDE, 3, new SeededRandom(seed));
    return pixels;
  }

  private static int count(float[] pixels) {
    int found = 0;
    for (float value : pixels) {
      found += value == KEPT ? 0 : 1;
    }
    return found;
  }

  private static int[] bounds(float[] pixels) {
    int[] bounds = {SIDE, -1, SIDE, -1};
    for (int i = 0; i < SIDE * SIDE; i++) {
      if (pixels[3 * i] != KEPT) {
        bounds[0] = Math.min(bounds[0], i / SIDE);
        bounds[1] = Math.max(bounds[1], i / SIDE);
        bounds[2] = Math.min(bounds[2], i % SIDE);
        bounds[3] = Math.max(bounds[3], i % SIDE);
      }
    }
    return bounds;
  }
}
