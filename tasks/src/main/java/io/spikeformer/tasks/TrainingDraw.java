package io.spikeformer.tasks;

/**
 * The numbers that the random choices of a training step depend on, beside the samples.
 *
 * @param seed of the training
 * @param epoch from 0
 */
public record TrainingDraw(long seed, int epoch) {}
