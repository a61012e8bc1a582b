package io.spikeformer.model.block;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * Batch normalisation as an affine map of each channel, so that a reader of its output forms it on
 * the fly.
 *
 * <p>Forward: x = scale[c] y + shift[c]. Backward: dy = a[c] dx + b[c] + c[c] y, with the
 * coefficients from the per-channel sums of dx and of dx (y - mean). With frozen statistics dy =
 * scale[c] dx, and the mean is the running one.
 */
abstract class Normalisation {
  static final double EPSILON = 1e-5;
  static final double MOMENTUM = 0.1;

  private Tensor value;
  private boolean frozen;
  private float[] mean;
  private float[] scale;
  private float[] shift;
  private ChannelSums sums;

  /** The normalised y as the drive of neurons. */
  final Drive normalise(Pass pass, Tensor y) {
    return normalise(pass, y, null);
  }

  /** The normalised y plus a membrane shortcut. */
  final Drive normalise(Pass pass, Tensor y, Tensor shortcut) {
    value = y;
    if (pass.mode() != Pass.Mode.REPETITION) {
      findCoefficients(pass);
    }
    return new Drive(y, scale, shift, shortcut);
  }

  private void findCoefficients(Pass pass) {
    int channels = value.channels();
    mean = new float[channels];
    scale = new float[channels];
    shift = new float[channels];
    frozen = pass.training() && pass.keepsStatistics();
    if (frozen) {
      mean = runningMean();
      runningCoefficients(scale, shift);
    } else if (pass.training()) {
      float[] variance = new float[channels];
      pass.kernels().moments(value, mean, variance);
      batchCoefficients(value.rows(), mean, variance, scale, shift);
    } else {
      runningCoefficients(scale, shift);
    }
  }

  /** Scale and shift from batch statistics; updates the running ones. */
  abstract void batchCoefficients(
      long rows, float[] mean, float[] variance, float[] scale, float[] shift);

  /** Scale and shift from running statistics. */
  abstract void runningCoefficients(float[] scale, float[] shift);

  /** The running mean of y. */
  abstract float[] runningMean();

  /** Gradients of the parameters with running statistics, from the sums centred at their mean. */
  abstract void frozenGradients(ChannelSums sums);

  /** Gradients of the parameters, and the coefficients a, b, c of dy. */
  abstract void gradientCoefficients(long rows, ChannelSums sums, float[] a, float[] b, float[] c);

  /** Where the sums of y are centred: the batch mean, or the running one. */
  final float[] centre() {
    return mean;
  }

  /** Sums that the gradient of the normalised value fills. */
  final ChannelSums sums() {
    if (sums == null) {
      sums = new ChannelSums(mean.length);
    }
    return sums;
  }

  /** dy in dx's buffer; {@link #sums()} must have been filled with dx. */
  final Tensor backwardInPlace(Pass pass, Tensor dx) {
    return combine(pass, dx, dx);
  }

  /** dy in a buffer of its own; {@link #sums()} must have been filled with dx. */
  final Tensor backward(Pass pass, Tensor dx) {
    return combine(pass, dx, pass.product(value.shape()));
  }

  /** Fills the sums with dx, for a normalisation whose output drives no neurons. */
  final void sum(Pass pass, Tensor dx) {
    pass.kernels().gradientSums(dx, value, mean, sums());
  }

  private Tensor combine(Pass pass, Tensor dx, Tensor out) {
    int channels = mean.length;
    float[] a = frozen ? scale : new float[channels];
    float[] b = new float[channels];
    float[] c = new float[channels];
    if (frozen) {
      frozenGradients(sums());
    } else {
      gradientCoefficients(value.rows(), sums(), a, b, c);
    }
    pass.kernels().combine(dx, a, b, value, c, out);
    return out;
  }
}
