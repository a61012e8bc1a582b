package io.spikeformer.train.spark;

import io.spikeformer.train.spark.averaging.SliceLayout;
import java.util.ArrayList;
import java.util.List;

/** Sums over all workers as means form them: a slice's begins with the worker of its number. */
final class SlicedSums {
  private final List<double[]> weighted = new ArrayList<>();

  /** The next worker's values times its samples. */
  void add(double[] values) {
    weighted.add(values);
  }

  double[] sums(SliceLayout layout) {
    int workers = weighted.size();
    double[] sums = new double[weighted.get(0).length];
    for (int i = 0; i < sums.length; i++) {
      int slice = i / layout.length();
      for (int next = 0; next < workers; next++) {
        sums[i] += weighted.get((slice + next) % workers)[i];
      }
    }
    return sums;
  }
}
