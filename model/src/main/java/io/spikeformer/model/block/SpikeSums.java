package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** Spikes, or sums of spikes, on their way between blocks: [T*B, H, W, C] of small integers. */
final class SpikeSums {
  private SpikeSums() {}

  /** A copy in the products' number format, in which small integers are exact. */
  static Tensor factor(Pass pass, Tensor sums) {
    Tensor factor = pass.product(sums.shape());
    pass.kernels().affine(Drive.of(sums), factor);
    return factor;
  }

  /** Counts them as the input of a layer, if the pass counts; an integer n counts as n spikes. */
  static void count(Pass pass, String layer, Tensor sums) {
    count(pass, layer, sums, 1);
  }

  /** As {@link #count} for integers that are handed on times a unit. */
  static void count(Pass pass, String layer, Tensor sums, float unit) {
    if (pass.counts() == null) {
      return;
    }
    pass.counts().show(layer, sums);
    int images = (int) sums.size(0);
    int channels = sums.channels();
    int tokens = (int) (sums.elements() / images / channels);
    Tensor perChannel = pass.membrane(images, channels);
    pass.kernels().sumTokens(sums, null, images, tokens, 1 / unit, perChannel);
    float[] spikes = perChannel.toArray();
    pass.give(perChannel);
    int perStep = spikes.length / pass.timesteps();
    for (int t = 0; t < pass.timesteps(); t++) {
      long fired = 0;
      for (int i = t * perStep; i < (t + 1) * perStep; i++) {
        fired += Math.round(spikes[i]);
      }
      pass.counts().addSums(layer, t, fired, sums.elements() / pass.timesteps());
    }
  }
}
