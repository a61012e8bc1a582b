package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.tasks.classification.ClassificationCounts;
import io.spikeformer.tasks.classification.ClassificationResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EvaluationCountsTest {
  private static final int CLASSES = 7;
  private static final int TIMESTEPS = 2;

  @Test
  void theLastTimestepAnswersLikeTheLogits() {
    ClassificationResult result =
        SampleResults.classes(SampleResults.random(List.of("a", "b", "c", "d", "e", "f", "g"), 4));
    assertThat(result.topOneByTimestep()).hasSize(4);
    assertThat(result.topOneByTimestep().get(3)).isEqualTo(result.topOne());
    assertThat(result.topOneByTimestep().get(0)).isLessThan(result.topOne());
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
    counts.merge(SampleResults.empty(CLASSES, TIMESTEPS));
    assertThat(result(counts)).isEqualTo(before);
    EvaluationCounts empty = SampleResults.empty(CLASSES, TIMESTEPS);
    empty.merge(counts);
    assertThat(result(empty)).isEqualTo(before);
  }

  @Test
  void metricsWithoutSamplesAreUndefined() {
    EvaluationCounts counts = SampleResults.counts(CLASSES, TIMESTEPS);
    assertThat(result(counts).primary().value()).isNaN();
    assertThat(counts.loss().orElseThrow()).isNaN();
  }

  @Test
  void shardsWithoutALossGiveNone() {
    EvaluationCounts counts = SampleResults.empty(CLASSES, TIMESTEPS);
    counts.add(0, 3, OptionalDouble.empty());
    EvaluationCounts other = SampleResults.empty(CLASSES, TIMESTEPS);
    other.add(1, 2, OptionalDouble.empty());
    counts.merge(other);
    assertThat(counts.samples()).isEqualTo(5);
    assertThat(counts.loss()).isEmpty();
    assertThatThrownBy(() -> counts.merge(other)).hasMessageContaining("shard 1 is counted twice");
  }

  @Test
  void aShardIsCountedOnce() {
    EvaluationCounts counts = mergedInOrder(List.of(0, 3));
    EvaluationCounts again = mergedInOrder(List.of(3));
    assertThatThrownBy(() -> counts.merge(again))
        .hasMessage("evaluation counts: shard 3 is counted twice");
  }

  private static EvaluationCounts mergedInOrder(List<Integer> shards) {
    EvaluationCounts counts = SampleResults.empty(CLASSES, TIMESTEPS);
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
      int[] labels = random.ints(3, 0, CLASSES).toArray();
      SampleResults.add(counts, shard, logits, labels, loss);
      float[] steps = new float[TIMESTEPS * logits.length];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = random.nextFloat();
      }
      ((ClassificationCounts) counts.task()).addTimesteps(steps, labels);
    }
    return counts;
  }

  private static EvaluationResult result(EvaluationCounts counts) {
    return SampleResults.result(counts, CLASSES, TIMESTEPS);
  }
}
