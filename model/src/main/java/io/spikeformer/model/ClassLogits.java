package io.spikeformer.model;

import io.spikeformer.model.config.ClassifierHead;

/** The logits of a classification head as arrays. */
public final class ClassLogits {
  private ClassLogits() {}

  /** Logits [B * classes]; in training, of two linear layers their mean, as in evaluation. */
  public static float[] mean(Outputs outputs) {
    int parts = outputs.names().size();
    if (parts == 1) {
      return outputs.value(outputs.names().get(0)).toArray();
    }
    float[] mean = new float[(int) outputs.value(ClassifierHead.LOGITS).elements()];
    for (String name : outputs.names()) {
      float[] part = outputs.value(name).toArray();
      for (int i = 0; i < mean.length; i++) {
        mean[i] += part[i] / parts;
      }
    }
    return mean;
  }

  /**
   * Logits [T * B * classes] at each timestep of an evaluation.
   *
   * @throws IllegalArgumentException if the head forms none
   */
  public static float[] timesteps(Outputs outputs) {
    return outputs
        .timesteps(ClassifierHead.LOGITS)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "outputs: expected logits at every timestep, found none"))
        .toArray();
  }
}
