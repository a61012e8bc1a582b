package io.spikeformer.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Text;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Task;
import io.spikeformer.tasks.Tasks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One line of {@code rounds.jsonl}: a finished round.
 *
 * @param place which round it was
 * @param samples samples of all workers
 * @param loss mean training loss
 * @param losses means of the losses that it is the sum of, by name; absent if it is one
 * @param figure the training figure of the task
 * @param learningRate rate of the round's last step
 * @param gradientNorm norm of the gradient of all tensors together, before it is limited
 * @param trustRatio LAMB's trust ratios; absent for other optimizers
 * @param firingRate spikes per neuron and timestep of every block, 0 to 1; of sums of spikes (SEW)
 *     up to the largest sum
 * @param silent rates of the neuron layers that fire less than the recipe's limit
 * @param saturated rates of the neuron layers that fire more than the recipe's limit; of sums of
 *     spikes as a share of the largest sum, 0 to 1
 * @param imagesPerSecond samples per second of the whole round
 * @param seconds where the time went
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RoundMetrics(
    Place place,
    long samples,
    double loss,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> losses,
    Figure figure,
    double learningRate,
    GradientNorm gradientNorm,
    TrustRatio trustRatio,
    Map<String, Double> firingRate,
    Map<String, Double> silent,
    Map<String, Double> saturated,
    double imagesPerSecond,
    Seconds seconds) {
  private static final double RATE_DIGITS = 1e6;
  private static final String PLACE = "place";
  private static final String FIGURE = "figure";
  private static final String LOSSES = "losses";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE).build();

  /** A round whose loss has no parts is read without them. */
  public RoundMetrics {
    losses = losses == null ? Map.of() : losses;
  }

  /**
   * Which round.
   *
   * @param epoch from 1
   * @param round of the epoch, from 1
   * @param step optimizer steps since the training began
   * @param steps those of this round; 0 in lines of older versions, which do not say
   */
  public record Place(int epoch, int round, long step, int steps) {}

  /**
   * Over the steps of all workers.
   *
   * @param mean mean
   * @param max largest
   */
  public record GradientNorm(double mean, double max) {}

  /**
   * Over the decayed tensors and steps of all workers.
   *
   * @param min smallest
   * @param mean mean
   * @param max largest
   * @param blocks mean of each block
   */
  public record TrustRatio(double min, double mean, double max, Map<String, Double> blocks) {}

  /**
   * Wall time in seconds.
   *
   * @param compute the slowest worker, without its waiting for batches
   * @param data the slowest worker's waiting for batches
   * @param averaging the rest of the round: laying out the state, shuffle, mean, reading it
   * @param checkpoint waiting for checkpoints since the line before
   */
  public record Seconds(double compute, double data, double averaging, double checkpoint) {
    /** The round, without checkpoints. */
    public double round() {
      return compute + data + averaging;
    }
  }

  /** The figures of a round whose workers' sums are these. */
  public static RoundMetrics of(
      Task task,
      Place place,
      TrainingSums sums,
      double learningRate,
      FiringLimits limits,
      Seconds seconds) {
    OptimizerSums optimizer = sums.optimizer();
    Map<String, Double> blocks = new LinkedHashMap<>();
    FiringCounts ofBlocks = sums.firing().blocksOverTime();
    ofBlocks.layers().forEach(block -> blocks.put(block, rounded(ofBlocks.rate(block))));
    Map<String, Double> silent = new LinkedHashMap<>();
    Map<String, Double> saturated = new LinkedHashMap<>();
    for (String layer : sums.firing().layers()) {
      double rate = sums.firing().rate(layer);
      double share = limits.share(layer, rate);
      if (limits.silent(rate)) {
        silent.put(layer, rounded(rate));
      } else if (limits.saturated(share)) {
        saturated.put(layer, rounded(share));
      }
    }
    return new RoundMetrics(
        place,
        sums.samples(),
        sums.tally().loss(),
        sums.tally().parts(),
        task.trainingFigure(sums.tally().hits(), sums.tally().counted()),
        learningRate,
        new GradientNorm(
            optimizer.gradientNormSum() / optimizer.steps(), optimizer.largestGradientNorm()),
        trustRatio(optimizer),
        blocks,
        silent,
        saturated,
        sums.samples() / seconds.round(),
        seconds);
  }

  private static TrustRatio trustRatio(OptimizerSums optimizer) {
    Map<String, Double> blocks = new LinkedHashMap<>();
    OptimizerSums.TrustRatios all = null;
    for (Map.Entry<String, OptimizerSums.TrustRatios> entry : optimizer.trustRatios().entrySet()) {
      OptimizerSums.TrustRatios ratios = entry.getValue();
      blocks.put(entry.getKey(), ratios.sum() / ratios.count());
      all = all == null ? ratios : all.plus(ratios);
    }
    return all == null
        ? null
        : new TrustRatio(all.smallest(), all.sum() / all.count(), all.largest(), blocks);
  }

  private static double rounded(double rate) {
    return Math.round(rate * RATE_DIGITS) / RATE_DIGITS;
  }

  /** One JSON object without line breaks. */
  public String toJson() {
    try {
      ObjectNode rest = MAPPER.valueToTree(this);
      ObjectNode line = (ObjectNode) rest.remove(PLACE);
      JsonNode whole = rest.remove(FIGURE);
      List.of("samples", "loss").forEach(key -> line.set(key, rest.remove(key)));
      if (rest.has(LOSSES)) {
        line.set(LOSSES, rest.remove(LOSSES));
      }
      line.put(figure.name(), figure.value());
      line.setAll(rest);
      line.set(FIGURE, whole);
      return MAPPER.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metrics: cannot be written as JSON", e);
    }
  }

  /** Before there were tasks there was classification alone. */
  private static Figure ofOlder(JsonNode accuracy, ObjectNode tree) {
    if (accuracy == null) {
      throw new IllegalArgumentException(
          Text.format("metrics: expected a figure, found none in %s", tree));
    }
    long samples = tree.path("samples").asLong();
    return Tasks.of(Tasks.CLASSIFICATION)
        .trainingFigure(Math.round(accuracy.asDouble() * samples), samples);
  }

  /** Reads a line back. */
  public static RoundMetrics fromJson(String line) {
    try {
      if (MAPPER.readTree(line) instanceof ObjectNode tree) {
        ObjectNode place = tree.objectNode();
        List.of("epoch", "round", "step", "steps").forEach(key -> place.set(key, tree.remove(key)));
        tree.set(PLACE, place);
        if (tree.get(FIGURE) instanceof ObjectNode known) {
          tree.remove(known.path("name").asText());
        } else {
          tree.set(FIGURE, MAPPER.valueToTree(ofOlder(tree.remove("accuracy"), tree)));
        }
        return MAPPER.treeToValue(tree, RoundMetrics.class);
      }
      throw new IllegalArgumentException(
          Text.format("metrics: expected a round's JSON, found %s", line));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          Text.format("metrics: expected a round's JSON, found %s", line), e);
    }
  }
}
