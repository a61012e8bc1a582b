package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.PixelSums;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.tasks.BatchLoss;
import io.spikeformer.tasks.Hits;
import io.spikeformer.tasks.LossDivisor;

/**
 * Softmax cross-entropy of every pixel with a label, its logits resampled to the labels' size
 * (bilinear); summed over an image and divided, then the mean over the images.
 *
 * @param batch with {@link LabelMaps}
 * @param divisor of an image's sum
 */
record PixelLoss(Batch batch, LossDivisor divisor) implements BatchLoss {
  @Override
  public Judgement of(Outputs outputs, Kernels kernels) {
    LabelMaps targets = (LabelMaps) batch.targets();
    Tensor logits = outputs.value(ClassifierHead.LOGITS);
    int images = targets.maps().size();
    if (logits.size(0) != images) {
      throw new IllegalArgumentException(
          Text.format("step: expected %s label maps, found %s", logits.size(0), images));
    }
    Tensor gradient = outputs.gradient(ClassifierHead.LOGITS);
    long[] shape = logits.shape();
    shape[0] = 1;
    long length = logits.elements() / images;
    double loss = 0;
    PixelSums all = PixelSums.NONE;
    for (int i = 0; i < images; i++) {
      LabelMap map = targets.maps().get(i);
      long labelled = LabelMaps.requireClasses(batch.keys().get(i), map, logits.channels());
      double factor = divisor.factor(map.labels().length, labelled) / images;
      PixelSums sums =
          kernels.pixelCrossEntropy(
              toSizeOf(map, shape),
              logits.slice(i * length, shape),
              map.labels(),
              (float) factor,
              gradient.slice(i * length, shape));
      loss += factor * sums.loss();
      all = all.plus(sums);
    }
    return new Judgement(loss, new Hits(all.correct(), all.pixels()));
  }

  private static Resampling toSizeOf(LabelMap map, long[] logits) {
    return new Resampling(
        Resampling.Kind.BILINEAR, (int) logits[1], (int) logits[2], map.height(), map.width());
  }
}
