package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluationCountsTest {
  private static final int CLASSES = 7;
  private static final int TIMESTEPS = 2;

  @Test
  void countsBestAndFiveBest() {
    EvaluationCounts counts = new EvaluationCounts(CLASSES, TIMESTEPS);
    float[] logits = {
      0, 1, 2, 3, 4, 5, 6,
      0, 1, 2, 3, 4, 5, 6,
      0, 1, 2, 3, 4, 5, 6
    };
    counts.add(0, logits, new int[] {6, 2, 1}, 0.5);
    assertThat(counts.samples()).isEqualTo(3);
    assertThat(counts.topOne()).isEqualTo(1);
    assertThat(counts.topFive()).isEqualTo(2);
    assertThat(counts.topFive(2)).isEqualTo(1);
    assertThat(counts.topFive(1)).isZero();
    assertThat(counts.confused(2, 6)).isEqualTo(1);
    assertThat(counts.predicted(6)).isEqualTo(3);
    assertThat(counts.accuracy()).isEqualTo(1.0 / 3);
    assertThat(counts.topFiveAccuracy()).isEqualTo(2.0 / 3);
    assertThat(counts.loss()).isEqualTo(0.5);
  }

  @Test
  void tiesGoToTheLowerClassAndNaNRanksLast() {
    EvaluationCounts counts = new EvaluationCounts(CLASSES, TIMESTEPS);
    counts.add(0, new float[CLASSES], new int[] {5}, 1);
    assertThat(counts.confused(5, 0)).isEqualTo(1);
    assertThat(counts.topFive(5)).isZero();
    float nan = Float.NaN;
    counts.add(1, new float[] {nan, nan, -9, -8, nan, nan, nan}, new int[] {2}, 1);
    assertThat(counts.confused(2, 3)).isEqualTo(1);
    assertThat(counts.topFive(2)).isEqualTo(1);
  }

  @Test
  void mergingIsIndependentOfOrderAndGrouping() {
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    EvaluationResult whole = result(mergedInOrder(order));
    Random random = new Random(5);
    for (int attempt = 0; attempt < 10; attempt++) {
      Collections.shuffle(order, random);
      EvaluationCounts left = mergedInOrder(order.subList(0, 3));
      EvaluationCounts right = mergedInOrder(order.subList(3, 8));
      if (attempt % 2 == 0) {
        left.merge(right);
        assertThat(result(left)).isEqualTo(whole);
      } else {
        right.merge(left);
        assertThat(result(right)).isEqualTo(whole);
      }
    }
  }

  @Test
  void emptyCountsAreNeutral() {
    EvaluationCounts counts = mergedInOrder(List.of(0, 1));
    EvaluationResult before = result(counts);
    counts.merge(new EvaluationCounts(CLASSES, TIMESTEPS));
    assertThat(result(counts)).isEqualTo(before);
    EvaluationCounts empty = new EvaluationCounts(CLASSES, TIMESTEPS);
    empty.merge(counts);
    assertThat(result(empty)).isEqualTo(before);
  }

  @Test
  void metricsWithoutSamplesAreUndefined() {
    EvaluationCounts counts = new EvaluationCounts(CLASSES, TIMESTEPS);
    assertThat(counts.accuracy()).isNaN();
    assertThat(counts.topFiveAccuracy()).isNaN();
    assertThat(counts.loss()).isNaN();
  }

  @Test
  void aShardIsCountedOnce() {
    EvaluationCounts counts = mergedInOrder(List.of(0, 3));
    EvaluationCounts again = mergedInOrder(List.of(3));
    assertThatThrownBy(() -> counts.merge(again))
        .hasMessage("evaluation counts: shard 3 is counted twice");
  }

  @Test
  void faultyInputIsRefused() {
    EvaluationCounts counts = new EvaluationCounts(CLASSES, TIMESTEPS);
    assertThatThrownBy(() -> counts.add(0, new float[CLASSES], new int[] {7}, 1))
        .hasMessage("label: expected 0 to 6, found 7");
    assertThatThrownBy(() -> counts.add(0, new float[3], new int[] {1}, 1))
        .hasMessage("evaluation counts: expected 1 x 7 logits, found 3");
    assertThatThrownBy(() -> counts.merge(new EvaluationCounts(3, TIMESTEPS)))
        .hasMessage("evaluation counts: expected 7 classes, found 3");
    assertThatThrownBy(() -> new EvaluationCounts(0, 1))
        .hasMessage("evaluation counts: expected classes >= 1, found 0");
  }

  private static EvaluationCounts mergedInOrder(List<Integer> shards) {
    EvaluationCounts counts = new EvaluationCounts(CLASSES, TIMESTEPS);
    shards.forEach(shard -> counts.merge(shard(shard)));
    return counts;
  }

  /** Two batches of a shard with losses whose sum depends on the order of summation. */
  private static EvaluationCounts shard(int shard) {
    Random random = new Random(shard);
    EvaluationCounts counts = SampleResults.counts(CLASSES, TIMESTEPS);
    for (int batch = 0; batch < 2; batch++) {
      float[] logits = new float[3 * CLASSES];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = random.nextFloat();
      }
      double loss = random.nextDouble() * Math.pow(10, random.nextInt(12));
      counts.add(shard, logits, random.ints(3, 0, CLASSES).toArray(), loss);
    }
    return counts;
  }

  private static EvaluationResult result(EvaluationCounts counts) {
    return SampleResults.result(counts, CLASSES, TIMESTEPS);
  }
}
