package io.spikeformer.model.kernel;

/**
 * Per-channel sums over rows, as the backward pass of batch normalisation needs them.
 *
 * @param gradient [C] sum of dx
 * @param product [C] sum of dx * (value - centre[c])
 */
public record ChannelSums(double[] gradient, double[] product) {
  /** Zeroed sums for a number of channels. */
  public ChannelSums(int channels) {
    this(new double[channels], new double[channels]);
  }
}
