package io.spikeformer.model.block;

/** A block that forms logits at every timestep before it takes their mean. */
public interface StepLogits {
  /** Logits [T, B, classes] of the last forward pass; empty before the first. */
  float[] stepLogits();
}
