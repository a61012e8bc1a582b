package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.tasks.ChosenSamples;
import io.spikeformer.tasks.Counts;
import java.util.ArrayList;
import java.util.List;

/**
 * The pixels of all images, by their class and the class that they were taken for: one confusion
 * matrix of integers, which merges exactly. Not thread-safe.
 */
public final class SegmentationCounts implements Counts {
  private static final long serialVersionUID = 1;

  private static final int EXAMPLES = 8;

  private final int classes;
  private final long[] pixels;
  private final ChosenSamples examples = new ChosenSamples(EXAMPLES);
  private long images;
  private long imagesWithoutLabels;
  private long ignored;

  /**
   * Empty counts.
   *
   * @param classes number of classes, 1 to {@link LabelMap#IGNORED}
   */
  public SegmentationCounts(int classes) {
    if (classes < 1 || classes > LabelMap.IGNORED) {
      throw new IllegalArgumentException(
          Text.format(
              "segmentation counts: expected 1 to %s classes, found %s",
              LabelMap.IGNORED, classes));
    }
    this.classes = classes;
    this.pixels = new long[classes * classes];
  }

  /**
   * Adds an image.
   *
   * @param truth a class or {@link LabelMap#IGNORED} of every pixel
   * @param predicted a class of every pixel
   * @throws IllegalArgumentException if the sizes differ
   */
  public void add(LabelMap truth, LabelMap predicted) {
    if (truth.height() != predicted.height() || truth.width() != predicted.width()) {
      throw new IllegalArgumentException(
          Text.format(
              "segmentation counts: expected %s x %s pixels, found %s x %s",
              truth.height(), truth.width(), predicted.height(), predicted.width()));
    }
    long ignoredBefore = ignored;
    for (int i = 0; i < truth.labels().length; i++) {
      int label = truth.labels()[i] & 0xff;
      if (label == LabelMap.IGNORED) {
        ignored++;
      } else {
        pixels[label * classes + (predicted.labels()[i] & 0xff)]++;
      }
    }
    images++;
    imagesWithoutLabels += ignored - ignoredBefore == truth.labels().length ? 1 : 0;
  }

  @Override
  public void merge(Counts counts) {
    SegmentationCounts other = (SegmentationCounts) counts;
    if (other.classes != classes) {
      throw new IllegalArgumentException(
          Text.format(
              "segmentation counts: expected %s classes, found %s", classes, other.classes));
    }
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += other.pixels[i];
    }
    images += other.images;
    imagesWithoutLabels += other.imagesWithoutLabels;
    ignored += other.ignored;
    examples.merge(other.examples);
  }

  /** Samples to look at, as {@link Example}; all have the rank 0. */
  ChosenSamples examples() {
    return examples;
  }

  /** All images. */
  public long images() {
    return images;
  }

  /** Images without a pixel that has a class. */
  public long imagesWithoutLabels() {
    return imagesWithoutLabels;
  }

  /** Pixels without a class. */
  public long ignored() {
    return ignored;
  }

  /** Rows of the confusion matrix: pixels of a class by the class that they were taken for. */
  public List<List<Long>> confusion() {
    List<List<Long>> rows = new ArrayList<>();
    for (int row = 0; row < classes; row++) {
      List<Long> cells = new ArrayList<>();
      for (int column = 0; column < classes; column++) {
        cells.add(pixels[row * classes + column]);
      }
      rows.add(cells);
    }
    return rows;
  }
}
