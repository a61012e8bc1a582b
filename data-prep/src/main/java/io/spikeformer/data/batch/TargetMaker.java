package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;
import java.util.List;

/** Makes the targets of a batch. Called on the threads that read, several at once. */
@FunctionalInterface
public interface TargetMaker {
  /** Makes {@link Targets#NONE}: where a model answers and nobody judges it. */
  TargetMaker NONE = (truths, plans) -> Targets.NONE;

  /**
   * The targets.
   *
   * @param truths of the samples, in their order
   * @param plans where each sample's pixels went, in the same order
   * @throws UserException if a truth is of another kind or cannot be decoded
   */
  Targets of(List<SampleTruth> truths, List<Geometry> plans);
}
