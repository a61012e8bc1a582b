package io.spikeformer.eval;

/**
 * What was evaluated on what.
 *
 * @param model where the weights came from: a URI or a few words
 * @param data where the samples came from: the URI of the shards
 * @param available samples of the split, of which all were evaluated unless a limit was set
 * @param height height of the images that the model saw, in pixels
 * @param width width of the images that the model saw, in pixels
 */
public record EvaluationSource(String model, String data, long available, int height, int width) {}
