package io.spikeformer.model;

/** The loss that a training step minimises, as a function of the outputs of the network's head. */
@FunctionalInterface
public interface TrainingLoss {
  /**
   * Mean loss over the batch.
   *
   * @param outputs of the pass; its gradients receive d(mean loss)/d(output)
   */
  double loss(Outputs outputs);
}
