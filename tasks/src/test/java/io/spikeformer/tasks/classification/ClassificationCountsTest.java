package io.spikeformer.tasks.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.tasks.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ClassificationCountsTest {
  private static final int CLASSES = 7;
  private static final int TIMESTEPS = 2;

  @Test
  void countsBestAndFiveBest() {
    ClassificationCounts counts = new ClassificationCounts(CLASSES, TIMESTEPS);
    float[] logits = {
      0, 1, 2, 3, 4, 5, 6,
      0, 1, 2, 3, 4, 5, 6,
      0, 1, 2, 3, 4, 5, 6
    };
    counts.add(logits, new int[] {6, 2, 1});
    assertThat(counts.samples()).isEqualTo(3);
    assertThat(counts.topOne()).isEqualTo(1);
    assertThat(counts.topFive()).isEqualTo(2);
    assertThat(counts.topFive(2)).isEqualTo(1);
    assertThat(counts.topFive(1)).isZero();
    assertThat(counts.confused(2, 6)).isEqualTo(1);
    assertThat(counts.predicted(6)).isEqualTo(3);
    assertThat(result(counts, CLASSES).figures())
        .extracting(Figure::name, Figure::numerator, Figure::denominator, Figure::value)
        .startsWith(tuple("top1", 1L, 3L, 1.0 / 3), tuple("top5", 2L, 3L, 2.0 / 3));
  }

  @Test
  void tiesGoToTheLowerClassAndNaNRanksLast() {
    ClassificationCounts counts = new ClassificationCounts(CLASSES, TIMESTEPS);
    counts.add(new float[CLASSES], new int[] {5});
    assertThat(counts.confused(5, 0)).isEqualTo(1);
    assertThat(counts.topFive(5)).isZero();
    float nan = Float.NaN;
    counts.add(new float[] {nan, nan, -9, -8, nan, nan, nan}, new int[] {2});
    assertThat(counts.confused(2, 3)).isEqualTo(1);
    assertThat(counts.topFive(2)).isEqualTo(1);
  }

  @Test
  void answersAfterFewerTimestepsAreThoseOfTheMeanOfTheFirstLogits() {
    ClassificationCounts counts = new ClassificationCounts(2, 3);
    float[] steps = {
      0, 1, /* first sample */ 5, 0, // t = 1: classes 1 and 0
      2, 0, /* first sample */ 0, 9, // means (1, 0.5) and (2.5, 4.5): classes 0 and 1
      0, 9, /* first sample */ 0, 0, // means (0.67, 3.33) and (1.67, 3): classes 1 and 1
    };
    counts.addTimesteps(steps, new int[] {0, 1});
    assertThat(counts.topOneByTimestep()).containsExactly(0L, 2L, 1L);
    assertThatThrownBy(() -> counts.addTimesteps(new float[4], new int[] {0, 1}))
        .hasMessage("classification counts: expected 3 x 2 x 2 logits, found 4");
  }

  @Test
  void calibrationComparesConfidenceWithAccuracy() {
    ClassificationCounts counts = new ClassificationCounts(2, 1);
    float sure = (float) Math.log(9); // softmax (0.9, 0.1)
    float unsure = (float) Math.log(1.5); // softmax (0.6, 0.4)
    float nan = Float.NaN;
    counts.add(new float[] {sure, 0, sure, 0, unsure, 0, nan, 0}, new int[] {0, 1, 0, 1});
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
    assertThat(result(counts, 2).calibrationError()).isCloseTo((0.8 + 0.4 + 1) / 4, within(1e-6));
  }

  @Test
  void manyClassesTakeRoomForWhatIsCountedAlone() {
    int classes = 100_000;
    ClassificationCounts counts = new ClassificationCounts(classes, 1);
    float[] logits = new float[2 * classes];
    logits[classes - 1] = 1;
    logits[classes + 7] = 1;
    counts.add(logits, new int[] {classes - 1, classes - 2});
    ClassificationCounts all = new ClassificationCounts(classes, 1);
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
    ClassificationCounts whole = new ClassificationCounts(classes, 1);
    Random random = new Random(9);
    for (int shard = 0; shard < 3; shard++) {
      ClassificationCounts counts = new ClassificationCounts(classes, 1);
      int[] labels = random.ints(1500, 0, classes).toArray();
      float[] logits = new float[labels.length * classes];
      for (int i = 0; i < labels.length; i++) {
        int taken = random.nextInt(classes);
        logits[i * classes + taken] = 1;
        expected[labels[i]][taken]++;
      }
      counts.add(logits, labels);
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
  void figuresWithoutSamplesAreUndefined() {
    ClassificationResult empty = result(new ClassificationCounts(CLASSES, TIMESTEPS), CLASSES);
    assertThat(empty.figures()).hasSize(3).allMatch(figure -> Double.isNaN(figure.value()));
    assertThat(empty.primary().text()).isEqualTo("undefined");
    assertThat(empty.comparable()).extracting(Figure::name).containsExactly("top1", "top5");
  }

  @Test
  void otherNumbersOfClassesAreRefused() {
    ClassificationCounts counts = new ClassificationCounts(4, 1);
    assertThatThrownBy(() -> result(counts, 6))
        .hasMessage(
            "evaluation: expected up to 6 classes of the model, found 6 names and counts of 4");
  }

  @Test
  void faultyInputIsRefused() {
    ClassificationCounts counts = new ClassificationCounts(CLASSES, TIMESTEPS);
    assertThatThrownBy(() -> counts.add(new float[CLASSES], new int[] {7}))
        .hasMessage("label: expected 0 to 6, found 7");
    assertThatThrownBy(() -> counts.add(new float[3], new int[] {1}))
        .hasMessage("classification counts: expected 1 x 7 logits, found 3");
    assertThatThrownBy(() -> counts.merge(new ClassificationCounts(3, TIMESTEPS)))
        .hasMessage("classification counts: expected 7 classes, found 3");
    assertThatThrownBy(() -> new ClassificationCounts(0, 1))
        .hasMessage("classification counts: expected classes >= 1, found 0");
  }

  private static ClassificationResult result(ClassificationCounts counts, int classes) {
    List<String> names = IntStream.range(0, classes).mapToObj(c -> "class " + c).toList();
    int[] outputs = IntStream.range(0, classes).toArray();
    return ClassificationResult.of(
        counts, new ClassMap(ClassMatching.ORDER, names, outputs), classes);
  }
}
