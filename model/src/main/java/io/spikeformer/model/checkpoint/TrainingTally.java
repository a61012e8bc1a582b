package io.spikeformer.model.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The totals of a stretch of training. Tallies of parts, added in one order, are those of the
 * whole.
 *
 * @param samples samples seen
 * @param hits what the task's training figure counts as right, for example samples
 * @param counted among how many
 * @param lossSum sum over samples of the loss
 * @param partSums sums over samples of the losses that it is made of, by name; none if it is one
 */
public record TrainingTally(
    long samples,
    long hits,
    long counted,
    double lossSum,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> partSums)
    implements Serializable {
  /** Nothing seen. */
  public static final TrainingTally NONE = new TrainingTally(0, 0, 0, 0);

  /** Copies the sums. */
  public TrainingTally {
    partSums = Collections.unmodifiableMap(new LinkedHashMap<>(partSums));
  }

  /** Of a loss without parts. */
  public TrainingTally(long samples, long hits, long counted, double lossSum) {
    this(samples, hits, counted, lossSum, Map.of());
  }

  /** Both together. */
  public TrainingTally plus(TrainingTally other) {
    return new TrainingTally(
        samples + other.samples,
        hits + other.hits,
        counted + other.counted,
        lossSum + other.lossSum,
        sum(partSums, other.partSums));
  }

  private static Map<String, Double> sum(Map<String, Double> one, Map<String, Double> other) {
    Map<String, Double> both = new LinkedHashMap<>(one);
    other.forEach((name, sum) -> both.merge(name, sum, Double::sum));
    return both;
  }

  /** Mean loss per sample; NaN without samples. */
  public double loss() {
    return lossSum / samples;
  }

  /** Means per sample of the losses that it is made of, by name; NaN without samples. */
  public Map<String, Double> parts() {
    Map<String, Double> means = new LinkedHashMap<>();
    partSums.forEach((name, sum) -> means.put(name, sum / samples));
    return means;
  }
}
