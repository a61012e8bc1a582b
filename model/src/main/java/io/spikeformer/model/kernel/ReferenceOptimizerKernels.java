package io.spikeformer.model.kernel;

/** {@link OptimizerKernels} as plain loops. */
public final class ReferenceOptimizerKernels implements OptimizerKernels {
  @Override
  public void moments(
      Tensor gradient, float gradientScale, float beta1, float beta2, Tensor first, Tensor second) {
    float[] g = gradient.toArray();
    float[] m = first.toArray();
    float[] v = second.toArray();
    for (int i = 0; i < g.length; i++) {
      float scaled = gradientScale * g[i];
      m[i] = beta1 * m[i] + (1 - beta1) * scaled;
      v[i] = beta2 * v[i] + (1 - beta2) * scaled * scaled;
    }
    first.put(m);
    second.put(v);
  }

  @Override
  public void adamStep(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float rate,
      float decay) {
    float[] w = weights.toArray();
    float[] m = first.toArray();
    float[] v = second.toArray();
    for (int i = 0; i < w.length; i++) {
      float step = m[i] / correction1 / ((float) Math.sqrt(v[i] / correction2) + epsilon);
      w[i] = w[i] * (1 - rate * decay) - rate * step;
    }
    weights.put(w);
  }

  @Override
  public void lambDirection(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float decay,
      Tensor direction) {
    float[] w = weights.toArray();
    float[] m = first.toArray();
    float[] v = second.toArray();
    for (int i = 0; i < w.length; i++) {
      float step = m[i] / correction1 / ((float) Math.sqrt(v[i] / correction2) + epsilon);
      w[i] = step + decay * w[i];
    }
    direction.put(w);
  }

  @Override
  public void momentum(
      Tensor gradient,
      float gradientScale,
      Tensor weights,
      float decay,
      float momentum,
      Tensor buffer) {
    float[] g = gradient.toArray();
    float[] w = weights.toArray();
    float[] b = buffer.toArray();
    for (int i = 0; i < g.length; i++) {
      b[i] = momentum * b[i] + (gradientScale * g[i] + decay * w[i]);
    }
    buffer.put(b);
  }

  @Override
  public void addScaled(Tensor weights, float factor, Tensor direction) {
    float[] w = weights.toArray();
    float[] u = direction.toArray();
    for (int i = 0; i < w.length; i++) {
      w[i] += factor * u[i];
    }
    weights.put(w);
  }

  @Override
  public double sumOfSquares(Tensor values) {
    double sum = 0;
    for (float value : values.toArray()) {
      sum += (double) value * value;
    }
    return sum;
  }

  @Override
  public boolean allFinite(Tensor values) {
    for (float value : values.toArray()) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }
}
