package io.spikeformer.tasks.detection;

import java.util.Arrays;
import java.util.List;

/**
 * Precision, recall and score of every class, range of areas, limit of detections and threshold, as
 * pycocotools accumulates them. Of a class without objects in a range all are {@link #UNDEFINED}.
 * Immutable.
 */
public final class PrecisionRecall {
  /** Stands for a figure of nothing. */
  public static final double UNDEFINED = -1;

  private static final int RANGES = AreaRange.values().length;

  private final int classes;

  /** [T, R, K, A, M]: threshold, recall, class, range, limit. */
  private final double[] precision;

  /** Of the same shape. */
  private final double[] scores;

  /** [T, K, A, M]. */
  private final double[] recall;

  private PrecisionRecall(int classes) {
    this.classes = classes;
    int slices = classes * RANGES * CocoGrid.LIMITS;
    this.precision = undefined(CocoGrid.THRESHOLDS * CocoGrid.RECALLS * slices);
    this.scores = undefined(CocoGrid.THRESHOLDS * CocoGrid.RECALLS * slices);
    this.recall = undefined(CocoGrid.THRESHOLDS * slices);
  }

  private static double[] undefined(int length) {
    double[] values = new double[length];
    Arrays.fill(values, UNDEFINED);
    return values;
  }

  /** Computes all of them from whole counts. */
  public static PrecisionRecall of(DetectionCounts counts) {
    PrecisionRecall result = new PrecisionRecall(counts.classes());
    List<int[]> byScore = counts.byScore();
    for (int label = 0; label < counts.classes(); label++) {
      for (AreaRange range : AreaRange.values()) {
        if (counts.objects(label, range) > 0) {
          for (int limit = 0; limit < CocoGrid.LIMITS; limit++) {
            int most = CocoGrid.limit(limit);
            int[] kept =
                Arrays.stream(byScore.get(label)).filter(d -> counts.rank(d) < most).toArray();
            result.accumulate(counts, new Slice(label, range, limit), kept);
          }
        }
      }
    }
    return result;
  }

  /** What one curve for each threshold is computed of. */
  private record Slice(int label, AreaRange range, int limit) {}

  private void accumulate(DetectionCounts counts, Slice slice, int[] detections) {
    long objects = counts.objects(slice.label(), slice.range());
    int[] outcomes = Arrays.stream(detections).map(d -> counts.outcome(d, slice.range())).toArray();
    double[] reached = new double[detections.length];
    double[] precise = new double[detections.length];
    for (int t = 0; t < CocoGrid.THRESHOLDS; t++) {
      long right = 0;
      long wrong = 0;
      for (int i = 0; i < detections.length; i++) {
        int outcome = outcomes[i] >> t;
        if ((outcome >> CocoGrid.THRESHOLDS & 1) == 0) {
          right += outcome & 1;
          wrong += 1 - (outcome & 1);
        }
        reached[i] = (double) right / objects;
        precise[i] = right / (wrong + right + Math.ulp(1.0));
      }
      for (int i = detections.length - 1; i > 0; i--) {
        precise[i - 1] = Math.max(precise[i - 1], precise[i]);
      }
      recall[place(t, slice.label(), slice.range(), slice.limit())] = (double) right / objects;
      int at = 0;
      for (int r = 0; r < CocoGrid.RECALLS; r++) {
        while (at < detections.length && reached[at] < CocoGrid.recall(r)) {
          at++;
        }
        int place = place(t, r, slice.label(), slice.range(), slice.limit());
        boolean isReached = at < detections.length;
        precision[place] = isReached ? precise[at] : 0;
        scores[place] = isReached ? counts.score(detections[at]) : 0;
      }
    }
  }

  private int place(int threshold, int recallPoint, int label, AreaRange range, int limit) {
    return place(threshold * CocoGrid.RECALLS + recallPoint, label, range, limit);
  }

  private int place(int row, int label, AreaRange range, int limit) {
    return ((row * classes + label) * RANGES + range.ordinal()) * CocoGrid.LIMITS + limit;
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /** Highest precision at a recall of at least {@link CocoGrid#recall}; 0 if it is not reached. */
  public double precision(int threshold, int recallPoint, int label, AreaRange range, int limit) {
    return precision[place(threshold, recallPoint, label, range, limit)];
  }

  /** Score of the detection at which the recall is reached; 0 if it is not reached. */
  public double score(int threshold, int recallPoint, int label, AreaRange range, int limit) {
    return scores[place(threshold, recallPoint, label, range, limit)];
  }

  /** Share of the objects that are found. */
  public double recall(int threshold, int label, AreaRange range, int limit) {
    return recall[place(threshold, label, range, limit)];
  }
}
