package io.spikeformer.model;

import java.util.ArrayList;
import java.util.List;

/** Classes from the largest logit down; of equal ones the first, NaN last. */
public final class Ranking {
  private Ranking() {}

  /** The best class by the logits [from, from + classes) of a sample. */
  public static int best(float[] logits, int from, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = ranksAbove(logits, from, c, best) ? c : best;
    }
    return best;
  }

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
        if (free && (next < 0 || ranksAbove(logits, from, c, next))) {
          next = c;
        }
      }
      best.add(next);
    }
    return best;
  }

  /**
   * Whether class a comes before class b in a total order: by logit, NaN last, then by index.
   *
   * @param logits of a batch
   * @param from where the sample's logits begin
   */
  public static boolean ranksAbove(float[] logits, int from, int a, int b) {
    float x = logits[from + a];
    float y = logits[from + b];
    if (x > y) {
      return true;
    }
    boolean tie = x == y || (Float.isNaN(x) && Float.isNaN(y));
    return tie ? a < b : Float.isNaN(y) && !Float.isNaN(x);
  }
}
