package io.spikeformer.tasks.classification;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.sample.ClassLabel;
import java.util.List;

/**
 * The class of each sample of a batch.
 *
 * @param labels class index of each sample; not copied, not to be changed
 */
public record ClassTargets(int[] labels) implements Targets {
  /** The labels of the samples; where their pixels went is of no account. */
  public static ClassTargets of(List<SampleTruth> truths, List<Geometry> plans) {
    return new ClassTargets(
        truths.stream().mapToInt(truth -> ClassLabel.of(truth.encoded())).toArray());
  }

  /** The labels of a batch that was made with {@link #of(List, List)}. */
  public static int[] labelsOf(Batch batch) {
    return ((ClassTargets) batch.targets()).labels();
  }
}
