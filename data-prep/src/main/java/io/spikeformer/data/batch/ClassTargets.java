package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.Truth;
import java.util.List;

/**
 * The class of each sample of a batch.
 *
 * @param labels class index of each sample; not copied, not to be changed
 */
public record ClassTargets(int[] labels) implements Targets {
  /** The labels of the samples; where their pixels went is of no account. */
  public static ClassTargets of(List<Truth> truths, List<Geometry> plans) {
    return new ClassTargets(truths.stream().mapToInt(ClassTargets::label).toArray());
  }

  /** The labels of a batch that was made with {@link #of(List, List)}. */
  public static int[] labelsOf(Batch batch) {
    return ((ClassTargets) batch.targets()).labels();
  }

  private static int label(Truth truth) {
    if (truth instanceof ClassLabel label) {
      return label.label();
    }
    throw new UserException(
        "class labels: expected one of each sample, found %s; name a split prepared for classification"
            .formatted(truth.getClass().getSimpleName()));
  }
}
