package io.spikeformer.model.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The measurements of an optimizer step.
 *
 * @param gradientNorm Euclidean norm of the gradient of all trained tensors together, before it is
 *     limited
 * @param trustRatios LAMB: the trust ratio, after its limit, of every decayed tensor by its name;
 *     empty for other optimizers
 */
public record OptimizerStep(double gradientNorm, Map<String, Double> trustRatios) {
  /** Takes a copy of the ratios. */
  public OptimizerStep {
    trustRatios = Collections.unmodifiableMap(new LinkedHashMap<>(trustRatios));
  }
}
