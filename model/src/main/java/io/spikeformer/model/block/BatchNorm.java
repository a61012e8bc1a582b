package io.spikeformer.model.block;

import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.kernel.ChannelSums;

/**
 * Batch normalisation over T, B, H and W: epsilon 1e-5, momentum 0.1, running variance unbiased.
 *
 * <p>x = gamma (y - mean) / sqrt(var + epsilon) + beta.
 */
final class BatchNorm extends Normalisation {
  private final Parameter gamma;
  private final Parameter beta;
  private final Parameter runningMean;
  private final Parameter runningVariance;
  private float[] batchMean;
  private double[] inverseDeviation;

  BatchNorm(Parameters p, String name, int channels) {
    gamma = p.declare(name + ".weight", Kind.NORMALISATION, Initialisation.ONE, 1, channels);
    beta = p.declare(name + ".bias", Kind.NORMALISATION, Initialisation.ZERO, 1, channels);
    runningMean =
        p.declare(name + ".runningMean", Kind.STATISTIC, Initialisation.ZERO, 1, channels);
    runningVariance =
        p.declare(name + ".runningVar", Kind.STATISTIC, Initialisation.ONE, 1, channels);
  }

  private BatchNorm(BatchNorm same) {
    gamma = same.gamma;
    beta = same.beta;
    runningMean = same.runningMean;
    runningVariance = same.runningVariance;
  }

  /** The same layer for another call: its parameters and statistics, and a state of its own. */
  BatchNorm again() {
    return new BatchNorm(this);
  }

  float[] gammas() {
    return gamma.value().toArray();
  }

  float[] betas() {
    return beta.value().toArray();
  }

  @Override
  void batchCoefficients(long rows, float[] mean, float[] variance, float[] scale, float[] shift) {
    updateRunning(rows, mean, variance);
    batchMean = mean;
    inverseDeviation = new double[mean.length];
    float[] g = gammas();
    float[] b = betas();
    for (int i = 0; i < mean.length; i++) {
      inverseDeviation[i] = 1 / Math.sqrt(variance[i] + EPSILON);
      affine(i, g[i] * inverseDeviation[i], mean[i], b[i], scale, shift);
    }
  }

  /** running = (1 - momentum) running + momentum batch, with the unbiased variance. */
  void updateRunning(long rows, float[] mean, float[] variance) {
    double unbiased = rows > 1 ? rows / (rows - 1.0) : 1;
    float[] m = runningMean.value().toArray();
    float[] v = runningVariance.value().toArray();
    for (int i = 0; i < m.length; i++) {
      m[i] = (float) ((1 - MOMENTUM) * m[i] + MOMENTUM * mean[i]);
      v[i] = (float) ((1 - MOMENTUM) * v[i] + MOMENTUM * variance[i] * unbiased);
    }
    runningMean.value().put(m);
    runningVariance.value().put(v);
  }

  @Override
  void runningCoefficients(float[] scale, float[] shift) {
    float[] g = gammas();
    float[] b = betas();
    float[] m = runningMean.value().toArray();
    float[] v = runningVariance.value().toArray();
    for (int i = 0; i < g.length; i++) {
      affine(i, g[i] / Math.sqrt(v[i] + EPSILON), m[i], b[i], scale, shift);
    }
  }

  private static void affine(
      int i, double slope, double mean, double beta, float[] scale, float[] shift) {
    scale[i] = (float) slope;
    shift[i] = (float) (beta - mean * slope);
  }

  @Override
  void gradientCoefficients(long rows, ChannelSums sums, float[] a, float[] b, float[] c) {
    int channels = a.length;
    float[] g = gammas();
    float[] dGamma = new float[channels];
    float[] dBeta = new float[channels];
    for (int i = 0; i < channels; i++) {
      double inverse = inverseDeviation[i];
      double s1 = sums.gradient()[i];
      double s2 = sums.product()[i] * inverse; // sum of dx times the normalised y
      dGamma[i] = (float) s2;
      dBeta[i] = (float) s1;
      double slope = g[i] * inverse;
      double perValue = -slope * inverse * s2 / rows;
      a[i] = (float) slope;
      c[i] = (float) perValue;
      b[i] = (float) (-slope * s1 / rows - perValue * batchMean[i]);
    }
    gamma.gradient().put(dGamma);
    beta.gradient().put(dBeta);
  }

  @Override
  float[] runningMean() {
    return runningMean.value().toArray();
  }

  /** 1 / sqrt(running variance + epsilon). */
  double[] runningInverseDeviations() {
    float[] v = runningVariance.value().toArray();
    double[] inverse = new double[v.length];
    for (int i = 0; i < v.length; i++) {
      inverse[i] = 1 / Math.sqrt(v[i] + EPSILON);
    }
    return inverse;
  }

  @Override
  void frozenGradients(ChannelSums sums) {
    double[] inverse = runningInverseDeviations();
    float[] dGamma = new float[inverse.length];
    float[] dBeta = new float[inverse.length];
    for (int i = 0; i < inverse.length; i++) {
      dGamma[i] = (float) (sums.product()[i] * inverse[i]);
      dBeta[i] = (float) sums.gradient()[i];
    }
    gradients(dGamma, dBeta);
  }

  /** Writes the parameter gradients of a normalisation whose arithmetic is done elsewhere. */
  void gradients(float[] dGamma, float[] dBeta) {
    gamma.gradient().put(dGamma);
    beta.gradient().put(dBeta);
  }
}
