package io.spikeformer.eval;

import java.util.ArrayList;
import java.util.List;

/** Classes from the largest logit down; of equal ones the first, NaN last. */
public final class Ranking {
  private Ranking() {}

  /**
   * The best classes of a sample.
   *
   * @param logits of a batch
   * @param from where the sample's logits begin
   * @param classes number of classes
   * @param most how many are wanted
   */
  public static List<Integer> best(float[] logits, int from, int classes, int most) {
    List<Integer> best = new ArrayList<>();
    while (best.size() < Math.min(most, classes)) {
      int next = -1;
      for (int c = 0; c < classes; c++) {
        boolean free = !best.contains(c);
        if (free && (next < 0 || EvaluationCounts.ranksAbove(logits, from, c, next))) {
          next = c;
        }
      }
      best.add(next);
    }
    return best;
  }
}
