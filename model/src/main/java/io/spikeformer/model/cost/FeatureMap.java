package io.spikeformer.model.cost;

/**
 * The size of an activation of one image at one timestep: [H, W, C].
 *
 * @param height rows
 * @param width columns
 * @param channels channels
 */
public record FeatureMap(int height, int width, int channels) {
  /** Positions: height x width, the tokens of a transformer block. */
  public long pixels() {
    return (long) height * width;
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
