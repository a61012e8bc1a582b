package io.spikeformer.model.kernel;

/**
 * Elementwise optimizer updates on float32 tensors of equal length (one parameter tensor each, or
 * slices).
 */
public interface OptimizerKernels {
  /**
   * First and second moments: m = beta1 m + (1 - beta1) g'; v = beta2 v + (1 - beta2) g'^2 with g'
   * = gradientScale g.
   */
  void moments(
      Tensor gradient, float gradientScale, float beta1, float beta2, Tensor first, Tensor second);

  /**
   * AdamW's step: w = w (1 - rate decay) - rate * (m / correction1) / (sqrt(v / correction2) +
   * epsilon).
   *
   * @param correction1 1 - beta1^step, or 1 for none
   * @param correction2 1 - beta2^step, or 1 for none
   */
  void adamStep(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float rate,
      float decay);

  /** LAMB's direction: u = (m / correction1) / (sqrt(v / correction2) + epsilon) + decay w. */
  void lambDirection(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float decay,
      Tensor direction);

  /** Momentum of SGD: b = momentum b + (gradientScale g + decay w). */
  void momentum(
      Tensor gradient,
      float gradientScale,
      Tensor weights,
      float decay,
      float momentum,
      Tensor buffer);

  /** w = w + factor * direction. */
  void addScaled(Tensor weights, float factor, Tensor direction);

  /** Sum of squares, summed in a fixed order in double. */
  double sumOfSquares(Tensor values);

  /** Whether every value is finite. */
  boolean allFinite(Tensor values);
}
