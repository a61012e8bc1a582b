package io.spikeformer.model.kernel;

/** Cross-entropy of resampled maps as plain loops, with the whole resampled map in memory. */
final class ReferencePixelLoss {
  private ReferencePixelLoss() {}

  static PixelSums run(
      Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    int classes = logits.channels();
    long images = logits.size(0);
    ReferenceResampling resampling = new ReferenceResampling(form);
    try (Tensor maps =
        Tensor.allocate(DataType.FLOAT32, images, form.toHeight(), form.toWidth(), classes)) {
      resampling.forward(logits, maps);
      float[] values = maps.toArray();
      PixelSums sums = PixelSums.NONE;
      for (int pixel = 0; pixel < labels.length; pixel++) {
        sums = sums.plus(pixel(values, pixel * classes, classes, labels[pixel] & 0xff, factor));
      }
      if (dLogits != null) {
        maps.put(values);
        resampling.backward(maps, dLogits);
      }
      return sums;
    }
  }

  /** One pixel, whose logits are replaced by their gradient. */
  private static PixelSums pixel(float[] values, int at, int classes, int label, float factor) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      best = values[at + c] > values[at + best] ? c : best;
    }
    boolean counts = label != Kernels.IGNORED;
    double max = values[at + best];
    double own = counts ? values[at + label] - max : 0;
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(values[at + c] - max);
    }
    for (int c = 0; c < classes; c++) {
      double probability = Math.exp(values[at + c] - max) / sum;
      values[at + c] = counts ? (float) (factor * (probability - (c == label ? 1 : 0))) : 0;
    }
    return counts ? new PixelSums(Math.log(sum) - own, 1, best == label ? 1 : 0) : PixelSums.NONE;
  }
}
