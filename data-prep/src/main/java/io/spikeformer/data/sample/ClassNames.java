package io.spikeformer.data.sample;

import io.spikeformer.common.Text;
import java.util.List;
import java.util.Optional;

/** Names of classes in the order of their labels, compared. */
public final class ClassNames {
  private ClassNames() {}

  /**
   * Where two lists differ, as "found 10 and 9 of them, the first difference at label 3 (cat,
   * dog)"; empty if they are the same names in the same order.
   */
  public static Optional<String> difference(List<String> first, List<String> second) {
    if (first.equals(second)) {
      return Optional.empty();
    }
    int label = 0;
    while (label < Math.min(first.size(), second.size())
        && first.get(label).equals(second.get(label))) {
      label++;
    }
    return Optional.of(
        Text.format(
            "found %s and %s of them, the first difference at label %s (%s, %s)",
            first.size(),
            second.size(),
            label,
            nameOrNone(first, label),
            nameOrNone(second, label)));
  }

  private static String nameOrNone(List<String> names, int label) {
    return label < names.size() ? names.get(label) : "none";
  }
}
