package io.spikeformer.tasks.classification;

import io.spikeformer.common.Text;
import io.spikeformer.model.Ranking;
import io.spikeformer.tasks.Counts;
import java.util.Arrays;
import java.util.List;

/** Counts of logits and labels: integers, which merge exactly. Not thread-safe. */
public final class ClassificationCounts implements Counts {
  /** Length of the list of best classes in which top-5 looks for the label. */
  public static final int BEST = 5;

  private static final long serialVersionUID = 1;

  private final int classes;
  private final ConfusionCounts confusion;
  private final long[] samples;
  private final long[] predicted;
  private final long[] topFive;
  private final long[] topOneByTimestep;
  private final CalibrationCounts calibration = new CalibrationCounts();

  /**
   * Empty counts.
   *
   * @param classes number of classes, &gt;= 1
   * @param timesteps T, &gt;= 1
   */
  public ClassificationCounts(int classes, int timesteps) {
    if (classes < 1) {
      throw new IllegalArgumentException(
          Text.format("classification counts: expected classes >= 1, found %s", classes));
    }
    this.classes = classes;
    this.confusion = new ConfusionCounts(classes);
    this.samples = new long[classes];
    this.predicted = new long[classes];
    this.topFive = new long[classes];
    this.topOneByTimestep = new long[timesteps];
  }

  /**
   * Adds a batch.
   *
   * @param logits [B, classes]; a NaN ranks below every number
   * @param labels [B]
   * @throws IllegalArgumentException if a label is not in [0, classes) or the sizes do not agree
   */
  public void add(float[] logits, int[] labels) {
    if (logits.length != labels.length * classes) {
      throw new IllegalArgumentException(
          Text.format(
              "classification counts: expected %s x %s logits, found %s",
              labels.length, classes, logits.length));
    }
    for (int i = 0; i < labels.length; i++) {
      addSample(logits, i * classes, labels[i]);
    }
  }

  private void addSample(float[] logits, int from, int label) {
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          Text.format("label: expected 0 to %s, found %s", classes - 1, label));
    }
    int taken = Ranking.best(logits, from, classes);
    int better = 0;
    for (int c = 0; c < classes; c++) {
      better += Ranking.ranksAbove(logits, from, c, label) ? 1 : 0;
    }
    confusion.add(label, taken);
    samples[label]++;
    predicted[taken]++;
    topFive[label] += better < BEST ? 1 : 0;
    calibration.add(CalibrationCounts.confidence(logits, from, classes), taken == label);
  }

  /**
   * Adds what the same batch would have been taken for after fewer timesteps: the mean of the first
   * t logits is what a network that stops after t timesteps answers.
   *
   * @param stepLogits [T, B, classes], whose mean over T are the logits given to {@link #add}
   * @param labels [B]
   */
  public void addTimesteps(float[] stepLogits, int[] labels) {
    int block = labels.length * classes;
    if (stepLogits.length != topOneByTimestep.length * block) {
      throw new IllegalArgumentException(
          Text.format(
              "classification counts: expected %s x %s x %s logits, found %s",
              topOneByTimestep.length, labels.length, classes, stepLogits.length));
    }
    double[] sums = new double[block];
    float[] means = new float[block];
    for (int t = 0; t < topOneByTimestep.length; t++) {
      for (int i = 0; i < block; i++) {
        sums[i] += stepLogits[t * block + i];
        means[i] = (float) (sums[i] / (t + 1));
      }
      for (int b = 0; b < labels.length; b++) {
        topOneByTimestep[t] += Ranking.best(means, b * classes, classes) == labels[b] ? 1 : 0;
      }
    }
  }

  @Override
  public void merge(Counts counts) {
    ClassificationCounts other = (ClassificationCounts) counts;
    if (other.classes != classes) {
      throw new IllegalArgumentException(
          Text.format(
              "classification counts: expected %s classes, found %s", classes, other.classes));
    }
    calibration.merge(other.calibration);
    for (int t = 0; t < topOneByTimestep.length; t++) {
      topOneByTimestep[t] += other.topOneByTimestep[t];
    }
    confusion.merge(other.confusion);
    for (int c = 0; c < classes; c++) {
      samples[c] += other.samples[c];
      predicted[c] += other.predicted[c];
      topFive[c] += other.topFive[c];
    }
  }

  public int classes() {
    return classes;
  }

  /** Samples of a class that were taken for a class. */
  public long confused(int actual, int predicted) {
    return confusion.samples(actual, predicted);
  }

  /** The cells of the confusion matrix that are not 0, row by row. */
  public List<Confusion> confusion() {
    return confusion.cells();
  }

  /** Samples of a class. */
  public long samples(int actual) {
    return samples[actual];
  }

  /** Samples that were taken for a class. */
  public long predicted(int label) {
    return predicted[label];
  }

  /** Samples of a class whose label is among the five best logits. */
  public long topFive(int actual) {
    return topFive[actual];
  }

  /** All samples. */
  public long samples() {
    long sum = 0;
    for (long count : samples) {
      sum += count;
    }
    return sum;
  }

  /** Samples whose label has the best logit. */
  public long topOne() {
    long sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += confused(c, c);
    }
    return sum;
  }

  /** Samples whose label is among the five best logits. */
  public long topFive() {
    long sum = 0;
    for (long count : topFive) {
      sum += count;
    }
    return sum;
  }

  /** Samples whose label has the best mean logit of the first t timesteps, for t = 1 to T. */
  public List<Long> topOneByTimestep() {
    return Arrays.stream(topOneByTimestep).boxed().toList();
  }

  /** How sure the model was and how often it was right, from the least confident samples on. */
  public List<CalibrationBin> calibration() {
    return calibration.bins();
  }
}
