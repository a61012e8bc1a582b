package io.spikeformer.model.kernel;

import java.util.Arrays;

/** RoIAlign as plain loops over regions, bins and samples. */
final class ReferenceRoiAlign {
  private final RoiAlign form;
  private final Regions regions;
  private final int height;
  private final int width;
  private final int channels;

  /** For maps shaped as one [N, H, W, C]. */
  ReferenceRoiAlign(RoiAlign form, Regions regions, Tensor map) {
    this.form = form;
    this.regions = regions;
    this.height = (int) map.size(1);
    this.width = (int) map.size(2);
    this.channels = map.channels();
  }

  /** The operation on a bin, a pixel that it reads, and its share; both are first elements. */
  private interface Mixing {
    void pixel(int bin, int pixel, float share);
  }

  void forward(Tensor x, Tensor y) {
    float[] in = x.toArray();
    float[] out = y.toArray();
    int length = form.size() * form.size() * channels;
    for (int region = 0; region < regions.count(); region++) {
      int from = regions.rows()[region] * length;
      Arrays.fill(out, from, from + length, 0);
      forEach(
          region,
          (bin, pixel, share) -> {
            for (int c = 0; c < channels; c++) {
              out[bin + c] += share * in[pixel + c];
            }
          });
    }
    y.put(out);
  }

  void backward(Tensor dy, Tensor dx) {
    float[] gradient = dy.toArray();
    float[] out = new float[Math.toIntExact(dx.elements())];
    for (int region = 0; region < regions.count(); region++) {
      forEach(
          region,
          (bin, pixel, share) -> {
            for (int c = 0; c < channels; c++) {
              out[pixel + c] += share * gradient[bin + c];
            }
          });
    }
    dx.put(out);
  }

  private void forEach(int region, Mixing mixing) {
    int size = form.size();
    float top = form.place(regions.top(region));
    float bottom = form.place(regions.bottom(region));
    float left = form.place(regions.left(region));
    float right = form.place(regions.right(region));
    int down = form.samples(top, bottom);
    int across = form.samples(left, right);
    for (int bin = 0; bin < size * size; bin++) {
      int at = (regions.rows()[region] * size * size + bin) * channels;
      for (int sample = 0; sample < down * across; sample++) {
        float y = form.sample(top, bottom, bin / size, sample / across, down);
        float x = form.sample(left, right, bin % size, sample % across, across);
        if (y >= -1 && y <= height && x >= -1 && x <= width) {
          sample(regions.images()[region], y, x, at, 1f / (down * across), mixing);
        }
      }
    }
  }

  /** The four pixels around a place of a map. */
  private void sample(int image, float y, float x, int bin, float share, Mixing mixing) {
    float atRow = Math.min(height - 1, Math.max(0, y));
    float atColumn = Math.min(width - 1, Math.max(0, x));
    int row = (int) atRow;
    int column = (int) atColumn;
    float downward = atRow - row;
    float rightward = atColumn - column;
    for (int corner = 0; corner < 4; corner++) {
      int pixelRow = Math.min(height - 1, row + corner / 2);
      int pixelColumn = Math.min(width - 1, column + corner % 2);
      float weight =
          (corner < 2 ? 1 - downward : downward) * (corner % 2 == 0 ? 1 - rightward : rightward);
      int pixel = ((image * height + pixelRow) * width + pixelColumn) * channels;
      mixing.pixel(bin, pixel, share * weight);
    }
  }
}
