package io.spikeformer.train.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One line of {@code metrics.jsonl}: a finished epoch.
 *
 * @param epoch from 1
 * @param rounds rounds of the epoch
 * @param step optimizer steps since the training began
 * @param learningRate rate of the epoch's last step
 * @param trainLoss mean training loss, as seen during the epoch
 * @param trainAccuracy training top-1 during the epoch, 0 to 1
 * @param validation result on the validation data; absent if there is none
 * @param imagesPerSecond training samples per second of computing and averaging
 * @param seconds where the time went
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EpochMetrics(
    int epoch,
    int rounds,
    long step,
    double learningRate,
    double trainLoss,
    double trainAccuracy,
    Validation validation,
    double imagesPerSecond,
    Seconds seconds) {
  private static final List<String> TIME = List.of("images-per-second", "seconds");
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE).build();

  /**
   * Result on the validation data.
   *
   * @param samples samples
   * @param loss mean cross-entropy without label smoothing
   * @param top1 share of samples whose largest logit is the label's
   * @param top5 share of samples whose label is among the five largest logits
   */
  public record Validation(long samples, double loss, double top1, double top5) {}

  /**
   * Wall time in seconds.
   *
   * @param compute training of the slowest worker of each round
   * @param averaging the rest of the rounds: laying out the state, shuffle, mean, reading it
   * @param validation evaluation on the validation data
   * @param checkpoint writing checkpoints since the line before
   */
  public record Seconds(double compute, double averaging, double validation, double checkpoint) {}

  /** One JSON object without line breaks. */
  public String toJson() {
    try {
      return MAPPER.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metrics: cannot be written as JSON", e);
    }
  }

  /** The line without what is time, which differs from one run to an equal one. */
  public static String withoutTime(String line) {
    try {
      ObjectNode fields = (ObjectNode) MAPPER.readTree(line);
      return MAPPER.writeValueAsString(fields.remove(TIME));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("metrics: expected an epoch's JSON, found " + line, e);
    }
  }

  /** Reads a line back. */
  public static EpochMetrics fromJson(String line) {
    try {
      return MAPPER.readValue(line, EpochMetrics.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("metrics: expected an epoch's JSON, found " + line, e);
    }
  }
}
