package io.spikeformer.model.block;

import io.spikeformer.model.kernel.ChannelSums;

/**
 * Two batch normalisations in a row, as one affine map: the last BN of a RepConv and the BN that
 * follows it.
 *
 * <p>The first one's output has mean beta1 and variance gamma1^2 v with v = var / (var + epsilon).
 * So the second one's statistics follow without another pass over the data. With n the normalised y
 * of the first and q = gamma1^2 v + epsilon, the second one's normalised value is gamma1 n /
 * sqrt(q).
 */
final class BatchNormPair extends Normalisation {
  private final BatchNorm first;
  private final BatchNorm second;
  private float[] batchMean;
  private double[] inverseDeviation;
  private double[] shrunkVariance;

  BatchNormPair(Parameters p, String firstName, String secondName, int channels) {
    first = new BatchNorm(p, firstName, channels);
    second = new BatchNorm(p, secondName, channels);
  }

  @Override
  void batchCoefficients(long rows, float[] mean, float[] variance, float[] scale, float[] shift) {
    int channels = mean.length;
    float[] gamma1 = first.gammas();
    float[] beta1 = first.betas();
    float[] gamma2 = second.gammas();
    float[] beta2 = second.betas();
    batchMean = mean;
    inverseDeviation = new double[channels];
    shrunkVariance = new double[channels];
    float[] secondVariance = new float[channels];
    for (int i = 0; i < channels; i++) {
      inverseDeviation[i] = 1 / Math.sqrt(variance[i] + EPSILON);
      shrunkVariance[i] = variance[i] / (variance[i] + EPSILON);
      secondVariance[i] = (float) (gamma1[i] * gamma1[i] * shrunkVariance[i]);
      double slope =
          gamma2[i] * gamma1[i] * inverseDeviation[i] / Math.sqrt(secondVariance[i] + EPSILON);
      scale[i] = (float) slope;
      shift[i] = (float) (beta2[i] - mean[i] * slope);
    }
    first.updateRunning(rows, mean, variance);
    second.updateRunning(rows, beta1, secondVariance);
  }

  @Override
  void runningCoefficients(float[] scale, float[] shift) {
    int channels = scale.length;
    float[] innerScale = new float[channels];
    float[] innerShift = new float[channels];
    first.runningCoefficients(innerScale, innerShift);
    second.runningCoefficients(scale, shift);
    for (int i = 0; i < channels; i++) {
      shift[i] = (float) ((double) scale[i] * innerShift[i] + shift[i]);
      scale[i] *= innerScale[i];
    }
  }

  @Override
  void gradientCoefficients(long rows, ChannelSums sums, float[] a, float[] b, float[] c) {
    int channels = a.length;
    float[] gamma1 = first.gammas();
    float[] gamma2 = second.gammas();
    float[] dGamma1 = new float[channels];
    float[] dGamma2 = new float[channels];
    float[] dBeta2 = new float[channels];
    for (int i = 0; i < channels; i++) {
      double inverse = inverseDeviation[i];
      double q = gamma1[i] * gamma1[i] * shrunkVariance[i] + EPSILON;
      double s1 = sums.gradient()[i];
      double s2 = sums.product()[i] * inverse; // sum of dx times n
      double outer = gamma2[i] / Math.sqrt(q);
      dBeta2[i] = (float) s1;
      dGamma2[i] = (float) (s2 * gamma1[i] / Math.sqrt(q));
      // what the second BN leaves of s2: its own normalisation takes all but epsilon / q of it
      double left = outer * s2 * EPSILON / q;
      dGamma1[i] = (float) left;
      double slope = gamma1[i] * inverse;
      // gradient of the first BN's output: outer (dx - s1/rows - n gamma1^2 s2 / (q rows))
      double throughSecond = outer * gamma1[i] * gamma1[i] * s2 / (q * rows);
      double perNormalised = -slope * (throughSecond + left / rows);
      a[i] = (float) (slope * outer);
      c[i] = (float) (perNormalised * inverse);
      b[i] = (float) (-slope * outer * s1 / rows - perNormalised * inverse * batchMean[i]);
    }
    first.gradients(dGamma1, new float[channels]);
    second.gradients(dGamma2, dBeta2);
  }

  @Override
  float[] runningMean() {
    return first.runningMean();
  }

  /** With n and z the normalised values: x = gamma2 z + beta2, z = (gamma1 n + beta1 - m) r. */
  @Override
  void frozenGradients(ChannelSums sums) {
    float[] gamma1 = first.gammas();
    float[] beta1 = first.betas();
    float[] gamma2 = second.gammas();
    float[] mean2 = second.runningMean();
    double[] inverse1 = first.runningInverseDeviations();
    double[] inverse2 = second.runningInverseDeviations();
    int channels = gamma1.length;
    float[] dGamma1 = new float[channels];
    float[] dBeta1 = new float[channels];
    float[] dGamma2 = new float[channels];
    float[] dBeta2 = new float[channels];
    for (int i = 0; i < channels; i++) {
      double s1 = sums.gradient()[i];
      double s2 = sums.product()[i] * inverse1[i]; // sum of dx times n
      double outer = gamma2[i] * inverse2[i];
      dBeta2[i] = (float) s1;
      dGamma2[i] = (float) (inverse2[i] * (gamma1[i] * s2 + (beta1[i] - mean2[i]) * s1));
      dGamma1[i] = (float) (outer * s2);
      dBeta1[i] = (float) (outer * s1);
    }
    first.gradients(dGamma1, dBeta1);
    second.gradients(dGamma2, dBeta2);
  }
}
