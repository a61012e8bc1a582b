package io.spikeformer.train;

import io.spikeformer.model.optim.OptimizerStep;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The measurements of optimizer steps, summed over steps and workers.
 *
 * @param steps steps
 * @param gradientNormSum sum over the steps of the gradient's norm, before it is limited
 * @param largestGradientNorm largest of them; 0 if there was none
 * @param trustRatios LAMB's trust ratios by block; empty for other optimizers
 */
public record OptimizerSums(
    long steps,
    double gradientNormSum,
    double largestGradientNorm,
    Map<String, TrustRatios> trustRatios)
    implements Serializable {
  /** No step. */
  public static final OptimizerSums NONE = new OptimizerSums(0, 0, 0, Map.of());

  /** Takes a copy of the map. */
  public OptimizerSums {
    trustRatios = Collections.unmodifiableMap(new LinkedHashMap<>(trustRatios));
  }

  /**
   * The trust ratios of a block's tensors.
   *
   * @param count tensors times steps
   * @param sum sum of the ratios
   * @param smallest the smallest
   * @param largest the largest
   */
  public record TrustRatios(long count, double sum, double smallest, double largest)
      implements Serializable {
    /** Both together. */
    public TrustRatios plus(TrustRatios other) {
      return new TrustRatios(
          count + other.count,
          sum + other.sum,
          Math.min(smallest, other.smallest),
          Math.max(largest, other.largest));
    }
  }

  /** One step. */
  public static OptimizerSums of(OptimizerStep step) {
    Map<String, TrustRatios> blocks = new LinkedHashMap<>();
    step.trustRatios()
        .forEach(
            (tensor, ratio) ->
                blocks.merge(
                    tensor.split("/", 2)[0],
                    new TrustRatios(1, ratio, ratio, ratio),
                    TrustRatios::plus));
    return new OptimizerSums(1, step.gradientNorm(), step.gradientNorm(), blocks);
  }

  /** Both together. */
  public OptimizerSums plus(OptimizerSums other) {
    Map<String, TrustRatios> both = new LinkedHashMap<>(trustRatios);
    other.trustRatios.forEach((block, ratios) -> both.merge(block, ratios, TrustRatios::plus));
    return new OptimizerSums(
        steps + other.steps,
        gradientNormSum + other.gradientNormSum,
        Math.max(largestGradientNorm, other.largestGradientNorm),
        both);
  }
}
