package io.spikeformer.model.kernel;

/**
 * One axis of a region's bins: each bin is a weighted sum of neighbouring pixels of the map, since
 * the mean of bilinear samples is one.
 */
public final class RoiAxis {
  private final int[] first;
  private final float[][] weights;
  private final int low;
  private final int high;

  RoiAxis(RoiAlign form, float from, float to, int extent) {
    float start = form.place(from);
    float end = form.place(to);
    int samples = form.samples(start, end);
    first = new int[form.size()];
    weights = new float[form.size()][];
    int least = extent;
    int most = 0;
    for (int bin = 0; bin < form.size(); bin++) {
      int begin = pixel(form.sample(start, end, bin, 0, samples), extent);
      int last = pixel(form.sample(start, end, bin, samples - 1, samples), extent);
      first[bin] = begin;
      weights[bin] = samples == 0 ? new float[0] : new float[Math.min(extent, last + 2) - begin];
      for (int sample = 0; sample < samples; sample++) {
        add(bin, form.sample(start, end, bin, sample, samples), extent);
      }
      for (int i = 0; i < weights[bin].length; i++) {
        weights[bin][i] /= samples;
      }
      if (weights[bin].length > 0) {
        least = Math.min(least, begin);
        most = Math.max(most, begin + weights[bin].length);
      }
    }
    low = Math.min(least, most);
    high = most;
  }

  /** The pixel at or before a place, the nearest one for a place outside. */
  private static int pixel(float place, int extent) {
    return Math.min(extent - 1, (int) Math.max(0, place));
  }

  private void add(int bin, float place, int extent) {
    if (place < -1 || place > extent) {
      return;
    }
    int pixel = pixel(place, extent);
    float rest = pixel == extent - 1 ? 0 : Math.max(0, place) - pixel;
    int at = pixel - first[bin];
    weights[bin][at] += 1 - rest;
    if (rest > 0) {
      weights[bin][at + 1] += rest;
    }
  }

  /** The first pixel of the map that a bin reads. */
  public int first(int bin) {
    return first[bin];
  }

  /** The weights of the pixels from the first on; none for a bin without samples. */
  public float[] weights(int bin) {
    return weights[bin];
  }

  /** A bin's weight of a pixel. */
  public float weight(int bin, int pixel) {
    int at = pixel - first[bin];
    return at >= 0 && at < weights[bin].length ? weights[bin][at] : 0;
  }

  /** The first pixel that any bin reads. */
  public int low() {
    return low;
  }

  /** The pixel behind the last one that any bin reads; {@link #low} if there are none. */
  public int high() {
    return high;
  }
}
