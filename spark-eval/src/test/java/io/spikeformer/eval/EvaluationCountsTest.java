package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
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
  void answersAfterFewerTimestepsAreThoseOfTheMeanOfTheFirstLogits() {
    EvaluationCounts counts = new EvaluationCounts(2, 3);
    float[] steps = {
      0, 1, /* first sample */ 5, 0, // t = 1: classes 1 and 0
      2, 0, /* first sample */ 0, 9, // means (1, 0.5) and (2.5, 4.5): classes 0 and 1
      0, 9, /* first sample */ 0, 0, // means (0.67, 3.33) and (1.67, 3): classes 1 and 1
    };
    counts.addTimesteps(steps, new int[] {0, 1});
    assertThat(counts.topOneByTimestep()).containsExactly(0L, 2L, 1L);
    assertThatThrownBy(() -> counts.addTimesteps(new float[4], new int[] {0, 1}))
        .hasMessage("evaluation counts: expected 3 x 2 x 2 logits, found 4");
  }

  @Test
  void theLastTimestepAnswersLikeTheLogits() {
    EvaluationResult result = SampleResults.random(List.of("a", "b", "c", "d", "e", "f", "g"), 4);
    assertThat(result.topOneByTimestep()).hasSize(4);
    assertThat(result.topOneByTimestep().get(3)).isEqualTo(result.topOne());
    assertThat(result.topOneByTimestep().get(0)).isLessThan(result.topOne());
  }

  @Test
  void calibrationComparesConfidenceWithAccuracy() {
    EvaluationCounts counts = SampleResults.counts(2, 1);
    float sure = (float) Math.log(9); // softmax (0.9, 0.1)
    float unsure = (float) Math.log(1.5); // softmax (0.6, 0.4)
    float nan = Float.NaN;
    counts.add(0, new float[] {sure, 0, sure, 0, unsure, 0, nan, 0}, new int[] {0, 1, 0, 1}, 1);
    List<CalibrationBin> bins = counts.calibration();
    assertThat(bins).hasSize(15);
    assertThat(bins.get(13).samples()).isEqualTo(2);
    assertThat(bins.get(13).correct()).isEqualTo(1);
    assertThat(bins.get(13).confidence()).isCloseTo(0.9, within(1e-6));
    assertThat(bins.get(8).samples()).isEqualTo(1);
    assertThat(bins.get(8).accuracy()).isEqualTo(1);
    assertThat(bins.get(0).samples()).as("a confidence that is no number").isEqualTo(1);
    assertThat(bins.get(1).confidence()).isNaN();
    // |1 - 1.8| + |1 - 0.6| + |1 - 0| over 4 samples
    assertThat(SampleResults.result(counts, 2, 1).calibrationError())
        .isCloseTo((0.8 + 0.4 + 1) / 4, within(1e-6));
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
  void manyClassesTakeRoomForWhatIsCountedAlone() {
    int classes = 100_000;
    EvaluationCounts counts = new EvaluationCounts(classes, 1);
    float[] logits = new float[2 * classes];
    logits[classes - 1] = 1;
    logits[classes + 7] = 1;
    counts.add(0, logits, new int[] {classes - 1, classes - 2}, 1);
    EvaluationCounts all = new EvaluationCounts(classes, 1);
    all.merge(counts);
    assertThat(all.confusion())
        .containsExactly(
            new Confusion(classes - 2, 7, 1), new Confusion(classes - 1, classes - 1, 1));
    assertThat(all.samples(classes - 2)).isEqualTo(1);
    assertThat(all.predicted(7)).isEqualTo(1);
    assertThat(all.topOne()).isEqualTo(1);
  }

  @Test
  void everyCellIsCountedHoweverManyThereAre() {
    int classes = 50;
    long[][] expected = new long[classes][classes];
    EvaluationCounts whole = new EvaluationCounts(classes, 1);
    Random random = new Random(9);
    for (int shard = 0; shard < 3; shard++) {
      EvaluationCounts counts = new EvaluationCounts(classes, 1);
      int[] labels = random.ints(1500, 0, classes).toArray();
      float[] logits = new float[labels.length * classes];
      for (int i = 0; i < labels.length; i++) {
        int taken = random.nextInt(classes);
        logits[i * classes + taken] = 1;
        expected[labels[i]][taken]++;
      }
      counts.add(shard, logits, labels, 1);
      whole.merge(counts);
    }
    List<Confusion> cells = new ArrayList<>();
    for (int actual = 0; actual < classes; actual++) {
      for (int taken = 0; taken < classes; taken++) {
        assertThat(whole.confused(actual, taken)).isEqualTo(expected[actual][taken]);
        if (expected[actual][taken] > 0) {
          cells.add(new Confusion(actual, taken, expected[actual][taken]));
        }
      }
      assertThat(whole.samples(actual)).isEqualTo(LongStream.of(expected[actual]).sum());
    }
    assertThat(whole.confusion()).isEqualTo(cells).hasSizeGreaterThan(1000);
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
      int[] labels = random.ints(3, 0, CLASSES).toArray();
      counts.add(shard, logits, labels, loss);
      float[] steps = new float[TIMESTEPS * logits.length];
      for (int i = 0; i < steps.length; i++) {
        steps[i] = random.nextFloat();
      }
      counts.addTimesteps(steps, labels);
    }
    return counts;
  }

  private static EvaluationResult result(EvaluationCounts counts) {
    return SampleResults.result(counts, CLASSES, TIMESTEPS);
  }
}
