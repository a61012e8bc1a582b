package io.spikeformer.model.block;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/** The mean over T of maps [T*B, ...], and its way back. */
final class TimeMean {
  private TimeMean() {}

  /** [T*B, ...] to its mean over T, [B, ...]; the map itself for T = 1. */
  static Tensor of(Pass pass, Tensor map) {
    int timesteps = pass.timesteps();
    if (timesteps == 1) {
      return map;
    }
    long[] one = map.shape();
    one[0] /= timesteps;
    Tensor sum = pass.membrane(one);
    long length = sum.elements();
    pass.kernels().add(map.slice(0, one), map.slice(length, one), sum);
    for (int t = 2; t < timesteps; t++) {
      pass.kernels().add(sum, map.slice(t * length, one), sum);
    }
    Tensor mean = pass.membrane(one);
    pass.kernels().affine(scaled(sum, timesteps), mean);
    pass.give(sum);
    return mean;
  }

  private static Drive scaled(Tensor value, int divisor) {
    float[] scale = new float[value.channels()];
    Arrays.fill(scale, 1f / divisor);
    return Drive.affine(value, scale, new float[scale.length]);
  }

  /** From the gradient of a mean, which is left, to that of the map; itself for T = 1. */
  static Tensor spread(Pass pass, Tensor dMean) {
    int timesteps = pass.timesteps();
    if (timesteps == 1) {
      return dMean;
    }
    long[] one = dMean.shape();
    long[] all = one.clone();
    all[0] *= timesteps;
    Tensor d = pass.membrane(all);
    for (int t = 0; t < timesteps; t++) {
      pass.kernels().affine(scaled(dMean, timesteps), d.slice(t * dMean.elements(), one));
    }
    return d;
  }

  /** As {@link #spread}; gives dMean, a workspace buffer, back. */
  static Tensor spreadOver(Pass pass, Tensor dMean) {
    Tensor d = spread(pass, dMean);
    if (d != dMean) {
      pass.give(dMean);
    }
    return d;
  }
}
