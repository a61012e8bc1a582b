package io.spikeformer.data.batch;

import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.sample.ClassLabel;
import java.util.List;

/** Labels of samples, as a task would make them. */
public record TestTargets(List<Integer> labels) implements Targets {
  /** A {@link TargetMaker}. */
  public static TestTargets of(List<SampleTruth> truths, List<Geometry> plans) {
    return new TestTargets(truths.stream().map(truth -> ClassLabel.of(truth.encoded())).toList());
  }

  /** The labels of a batch. */
  public static List<Integer> labelsOf(Batch batch) {
    return ((TestTargets) batch.targets()).labels();
  }
}
