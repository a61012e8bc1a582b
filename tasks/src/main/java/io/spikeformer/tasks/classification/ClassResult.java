package io.spikeformer.tasks.classification;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The result of one class.
 *
 * @param name name of the class
 * @param samples samples of the class
 * @param topOne those whose label has the best logit
 * @param topFive those whose label is among the five best logits
 * @param predicted samples of any class that were taken for this one
 */
public record ClassResult(String name, long samples, long topOne, long topFive, long predicted) {
  /** Fraction of its samples that were recognised; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) topOne / samples;
  }

  /** Fraction of its samples with the label among the five best; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double topFiveAccuracy() {
    return (double) topFive / samples;
  }

  /** Fraction of the predictions of this class that were right; NaN without predictions. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double precision() {
    return (double) topOne / predicted;
  }
}
