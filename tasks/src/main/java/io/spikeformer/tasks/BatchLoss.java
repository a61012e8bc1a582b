package io.spikeformer.tasks;

import io.spikeformer.model.Outputs;
import io.spikeformer.model.kernel.Kernels;

/** The loss that a training step minimises over one batch, with what is counted of the batch. */
@FunctionalInterface
public interface BatchLoss {
  /**
   * The loss of a pass.
   *
   * @param outputs of the pass; their gradients receive d(mean loss)/d(output)
   * @param kernels for work on the outputs
   */
  Judgement of(Outputs outputs, Kernels kernels);

  /**
   * The loss and the counts of a batch.
   *
   * @param loss mean over the batch
   * @param hits counted for {@link Task#trainingFigure}
   */
  record Judgement(double loss, Hits hits) {}
}
