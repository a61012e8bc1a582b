package io.spikeformer.model;

import java.util.List;

/**
 * What a training step minimises, as a function of the logits of every linear layer of the head.
 */
@FunctionalInterface
public interface TrainingLoss {
  /**
   * Mean loss over the batch.
   *
   * @param logits [B * classes] of the layer for the labels, then of the one for distillation, if
   *     the model has it
   * @param gradients as many vectors of zeros, which receive d(mean loss)/d(logits)
   */
  double loss(List<float[]> logits, List<float[]> gradients);

  /** The same loss on the labels for every linear layer, averaged over the layers. */
  static TrainingLoss ofLabels(int[] labels, int classes, CrossEntropy crossEntropy) {
    return (logits, gradients) -> {
      int outputs = logits.size();
      double sum = 0;
      for (int i = 0; i < outputs; i++) {
        float[] gradient = gradients.get(i);
        sum += crossEntropy.loss(logits.get(i), labels, classes, gradient);
        for (int j = 0; outputs > 1 && j < gradient.length; j++) {
          gradient[j] /= outputs;
        }
      }
      return sum / outputs;
    };
  }
}
