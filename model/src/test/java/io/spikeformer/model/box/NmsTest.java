package io.spikeformer.model.box;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NmsTest {
  /** Every box against every kept one, with many equal scores and boxes of no area. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.05, 0.3, 0.5, 0.7, 0.95, 1})
  void keepsWhatAllPairsKeep(double threshold) {
    Random random = new Random(5);
    for (int count : new int[] {0, 1, 2, 300}) {
      Boxes boxes = boxes(random, count, 100);
      float[] scores = new float[count];
      int[] groups = new int[count];
      for (int i = 0; i < count; i++) {
        scores[i] = random.nextInt(9) / 8f;
        groups[i] = random.nextInt(3) - 1;
      }
      List<Integer> expected = new ArrayList<>();
      for (int box : FallingOrder.of(scores)) {
        boolean free =
            expected.stream()
                .noneMatch(
                    kept -> groups[kept] == groups[box] && boxes.iou(kept, boxes, box) > threshold);
        if (free) {
          expected.add(box);
        }
      }
      assertThat(Nms.keep(boxes, scores, groups, threshold))
          .containsExactly(expected.stream().mapToInt(i -> i).toArray());
    }
  }

  /** Many near each other, one in ten without area. */
  private static Boxes boxes(Random random, int count, float side) {
    float[] corners = new float[4 * count];
    for (int i = 0; i < count; i++) {
      boolean flat = random.nextInt(10) == 0;
      for (int axis = 0; axis < 2; axis++) {
        float start = side * random.nextFloat() - side / 5;
        corners[4 * i + axis] = start;
        corners[4 * i + 2 + axis] = flat ? start : start + side * 0.4f * random.nextFloat();
      }
    }
    return new Boxes(corners);
  }

  @Test
  void equalScoresKeepTheOrderOfTheBoxes() {
    Boxes same = new Boxes(new float[] {0, 0, 4, 4, 9, 9, 12, 12, 0, 0, 4, 4, 0, 0, 4, 4});
    assertThat(Nms.keep(same, new float[] {0.5f, 0.5f, 0.5f, 0.7f}, new int[4], 0.5))
        .containsExactly(3, 1);
    assertThat(Nms.keep(same, new float[4], new int[4], 0.5)).containsExactly(0, 1);
    assertThat(FallingOrder.of(new float[] {0f, -0f, 1, -1, 0f, Float.NEGATIVE_INFINITY}))
        .containsExactly(2, 0, 1, 4, 3, 5);
  }

  /** 12,000 boxes of an image of 1,333 pixels, most of which are kept. */
  @Test
  void manyBoxesTakeLittleTime() {
    Random random = new Random(7);
    int count = 12_000;
    Boxes boxes = boxes(random, count, 1_333);
    float[] scores = new float[count];
    for (int i = 0; i < count; i++) {
      scores[i] = random.nextFloat();
    }
    long best = Long.MAX_VALUE;
    int kept = 0;
    for (int i = 0; i < 10; i++) {
      long start = System.nanoTime();
      kept = Nms.keep(boxes, scores, new int[count], 0.7).length;
      best = Math.min(best, System.nanoTime() - start);
    }
    assertThat(kept).isGreaterThan(8_000);
    // 20 times what a machine with nothing else to do needs
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofSeconds(1));
  }
}
