package io.spikeformer.tasks.detection;

import io.spikeformer.common.Check;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.tasks.Counts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The outcomes of detections in disjoint sets of images, and the number of objects that they should
 * have found: all that average precision needs.
 *
 * <p>A detection takes 37 bytes: class, score, image, rank by score in its image, and a word of
 * match and ignore bits for each range of areas. Which detection comes first among equal scores is
 * decided by image and rank. So counts merge exactly, in any order. Not thread-safe.
 */
public final class DetectionCounts implements Counts {
  private static final long serialVersionUID = 1;
  private static final int RANGES = AreaRange.values().length;

  private final IouType measure;
  private final int classes;

  /** Objects that count, by class, then by range. */
  private final long[] counted;

  private long images;
  private int size;
  private int[] labels = {};
  private double[] scores = {};
  private long[] imageOrder = {};
  private byte[] ranks = {};
  private int[] outcomes = {};

  /**
   * Empty counts.
   *
   * @param measure where detections and objects are compared
   * @param classes number of classes, &gt;= 1
   */
  public DetectionCounts(IouType measure, int classes) {
    Check.that(classes >= 1, "detection counts: expected classes >= 1, found %s", classes);
    this.measure = measure;
    this.classes = classes;
    this.counted = new long[classes * RANGES];
  }

  /**
   * Adds an image.
   *
   * @param image orders detections of equal score: those of a lower number stand first; different
   *     for each image of an evaluation
   * @param objects in the image
   * @param detections in any order; of equal scores the first stands first, and of each class the
   *     best {@link CocoGrid#MOST_DETECTIONS} count
   * @throws IllegalArgumentException if a class is not in [0, classes)
   */
  public void add(long image, List<DetectedObject> objects, List<Detection> detections) {
    objects.forEach(object -> requireClass(object.label()));
    detections.forEach(detection -> requireClass(detection.label()));
    images++;
    IntStream.concat(
            objects.stream().mapToInt(DetectedObject::label),
            detections.stream().mapToInt(Detection::label))
        .distinct()
        .forEach(
            label ->
                addClass(
                    image,
                    label,
                    objects.stream().filter(object -> object.label() == label).toList(),
                    best(detections, label)));
  }

  private void requireClass(int label) {
    Check.that(
        label >= 0 && label < classes, "class: expected 0 to %s, found %s", classes - 1, label);
  }

  private static List<Detection> best(List<Detection> detections, int label) {
    return detections.stream()
        .filter(detection -> detection.label() == label)
        .sorted(Comparator.comparingDouble(detection -> -ordered(detection.score())))
        .limit(CocoGrid.MOST_DETECTIONS)
        .toList();
  }

  /** A score in which -0 equals 0. */
  private static double ordered(double score) {
    return score + 0.0;
  }

  private void addClass(
      long image, int label, List<DetectedObject> objects, List<Detection> detections) {
    ObjectMatching matching = new ObjectMatching(objects, detections, measure);
    reserve(detections.size());
    for (AreaRange range : AreaRange.values()) {
      counted[label * RANGES + range.ordinal()] += matching.counted(range);
      int[] found = matching.outcomes(range);
      for (int rank = 0; rank < found.length; rank++) {
        outcomes[(size + rank) * RANGES + range.ordinal()] = found[rank];
      }
    }
    for (int rank = 0; rank < detections.size(); rank++) {
      labels[size] = label;
      scores[size] = ordered(detections.get(rank).score());
      imageOrder[size] = image;
      ranks[size++] = (byte) rank;
    }
  }

  /** Makes room for more detections. */
  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > labels.length) {
      int room = Math.max(needed, labels.length + labels.length / 2);
      labels = Arrays.copyOf(labels, room);
      scores = Arrays.copyOf(scores, room);
      imageOrder = Arrays.copyOf(imageOrder, room);
      ranks = Arrays.copyOf(ranks, room);
      outcomes = Arrays.copyOf(outcomes, Math.multiplyExact(room, RANGES));
    }
  }

  /**
   * What detections at IoU 0.50 have found.
   *
   * @param from first of the detections: {@link #detections} before the image was added
   * @param objects of the image that count
   * @param leastScore detections of lower scores are left out
   */
  ImageTally tally(int from, int objects, double leastScore) {
    int found = 0;
    int wrong = 0;
    for (int i = from; i < size; i++) {
      int outcome = outcome(i, AreaRange.ALL);
      boolean isIgnored = (outcome >> CocoGrid.THRESHOLDS & 1) == 1;
      if (scores[i] >= leastScore && !isIgnored) {
        found += outcome & 1;
        wrong += 1 - (outcome & 1);
      }
    }
    return new ImageTally(objects, found, wrong);
  }

  @Override
  public void merge(Counts other) {
    if (!(other instanceof DetectionCounts more)
        || more.classes != classes
        || more.measure != measure) {
      throw new IllegalArgumentException("detection counts: expected those of the same kind");
    }
    reserve(more.size);
    System.arraycopy(more.labels, 0, labels, size, more.size);
    System.arraycopy(more.scores, 0, scores, size, more.size);
    System.arraycopy(more.imageOrder, 0, imageOrder, size, more.size);
    System.arraycopy(more.ranks, 0, ranks, size, more.size);
    System.arraycopy(more.outcomes, 0, outcomes, size * RANGES, more.size * RANGES);
    size += more.size;
    images += more.images;
    for (int i = 0; i < counted.length; i++) {
      counted[i] += more.counted[i];
    }
  }

  /** Where detections and objects are compared. */
  public IouType measure() {
    return measure;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Number of images. */
  public long images() {
    return images;
  }

  /** Number of detections that count. */
  public int detections() {
    return size;
  }

  /** Number of objects of a class that count in a range. */
  long objects(int label, AreaRange range) {
    return counted[label * RANGES + range.ordinal()];
  }

  /** The detections of every class by falling score; of equal scores by image, then by rank. */
  List<int[]> byScore() {
    int[] of = new int[classes];
    for (int i = 0; i < size; i++) {
      of[labels[i]]++;
    }
    List<int[]> byClass = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      byClass.add(new int[of[label]]);
    }
    Arrays.fill(of, 0);
    for (int i = 0; i < size; i++) {
      byClass.get(labels[i])[of[labels[i]]++] = i;
    }
    byClass.replaceAll(this::sorted);
    return byClass;
  }

  private int[] sorted(int[] detections) {
    Comparator<Integer> order =
        Comparator.comparingDouble((Integer i) -> -scores[i])
            .thenComparingLong(i -> imageOrder[i])
            .thenComparingInt(i -> ranks[i]);
    return Arrays.stream(detections).boxed().sorted(order).mapToInt(i -> i).toArray();
  }

  double score(int detection) {
    return scores[detection];
  }

  /** Place of a detection among those of its class and image by score, from 0. */
  int rank(int detection) {
    return ranks[detection];
  }

  /** The bits that {@link ObjectMatching#outcomes} gave. */
  int outcome(int detection, AreaRange range) {
    return outcomes[detection * RANGES + range.ordinal()];
  }
}
