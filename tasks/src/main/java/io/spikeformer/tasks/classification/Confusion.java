package io.spikeformer.tasks.classification;

/**
 * One nonzero cell of the confusion matrix.
 *
 * @param actual index of the class that the samples have
 * @param predicted index of the class that they were taken for
 * @param samples how many
 */
public record Confusion(int actual, int predicted, long samples) {}
