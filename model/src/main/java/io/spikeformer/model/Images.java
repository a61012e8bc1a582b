package io.spikeformer.model;

import io.spikeformer.common.Text;

/**
 * A batch of inputs, normalised float32, channels innermost.
 *
 * @param pixels [B,H,W,C] if frames is 1 (a static image, shown at every timestep), else
 *     [T,B,H,W,C]
 * @param frames 1, or T for one frame per timestep
 * @param batch B
 * @param height H in pixels
 * @param width W in pixels
 * @param channels C
 */
public record Images(float[] pixels, int frames, int batch, int height, int width, int channels) {
  /** Validates the sizes against the number of values. */
  public Images {
    if (frames < 1 || batch < 1 || height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "images: expected positive sizes, found %sx%sx%sx%sx%s",
              frames, batch, height, width, channels));
    }
    long expected = (long) frames * batch * height * width * channels;
    if (pixels.length != expected) {
      throw new IllegalArgumentException(
          Text.format(
              "images: expected %s values for %sx%sx%sx%sx%s, found %s",
              expected, frames, batch, height, width, channels, pixels.length));
    }
  }

  /** Static images [B,H,W,C]. */
  public static Images of(float[] pixels, int batch, int height, int width, int channels) {
    return new Images(pixels, 1, batch, height, width, channels);
  }
}
