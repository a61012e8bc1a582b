package io.spikeformer.model;

/**
 * Outcome of one forward and backward pass.
 *
 * @param loss mean over the batch
 * @param logits [B * classes], of two linear layers their mean, as in evaluation
 */
public record StepResult(double loss, float[] logits) {}
