package io.spikeformer.tasks.classification;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The samples whose confidence, the softmax probability of the best class, lies in a range.
 *
 * @param from lower end, not in the range (0 is)
 * @param to upper end, in the range
 * @param samples samples
 * @param correct those whose best class is the label's
 * @param confidenceSum sum of the confidences
 */
public record CalibrationBin(
    double from, double to, long samples, long correct, double confidenceSum) {
  /** Fraction of the samples that were right; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) correct / samples;
  }

  /** Mean confidence; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double confidence() {
    return confidenceSum / samples;
  }
}
