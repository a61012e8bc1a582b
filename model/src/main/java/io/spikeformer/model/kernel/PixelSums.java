package io.spikeformer.model.kernel;

/**
 * The sums of {@link Kernels#pixelCrossEntropy} over the pixels that have a label.
 *
 * @param loss sum of the cross-entropies
 * @param pixels number of pixels
 * @param correct pixels whose largest logit, the first of equal ones, is the label's
 */
public record PixelSums(double loss, long pixels, long correct) {
  /** No pixel. */
  public static final PixelSums NONE = new PixelSums(0, 0, 0);

  /** Both together. */
  public PixelSums plus(PixelSums other) {
    return new PixelSums(loss + other.loss, pixels + other.pixels, correct + other.correct);
  }
}
