package io.spikeformer.train.output;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Text;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.classification.Classification;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One line of {@code metrics.jsonl}: a finished epoch.
 *
 * @param task name of what is learnt
 * @param epoch from 1
 * @param rounds rounds of the epoch
 * @param step optimizer steps since the training began
 * @param learningRate rate of the epoch's last step
 * @param trainLoss mean training loss, as seen during the epoch
 * @param trainLosses means of the losses that it is the sum of, by name; absent if it is one
 * @param trainFigure the training figure of the task, as seen during the epoch
 * @param validation result on the validation data; absent if there is none
 * @param imagesPerSecond training samples per second of computing and averaging
 * @param seconds where the time went
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EpochMetrics(
    String task,
    int epoch,
    int rounds,
    long step,
    double learningRate,
    double trainLoss,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Double> trainLosses,
    Figure trainFigure,
    Validation validation,
    double imagesPerSecond,
    Seconds seconds) {
  private static final List<String> TIME = List.of("images-per-second", "seconds");
  private static final String TRAIN = "train";
  private static final String TRAIN_FIGURE = "train-figure";
  private static final String VALIDATION = "validation";
  private static final String FIGURES = "figures";
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE).build();

  /** An epoch whose loss has no parts is read without them. */
  public EpochMetrics {
    trainLosses = trainLosses == null ? Map.of() : trainLosses;
  }

  /**
   * Result on the validation data.
   *
   * @param samples samples
   * @param loss mean loss, as an evaluation has it; null of a task whose evaluations have none
   * @param figures of the task, the primary one first
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Validation(long samples, Double loss, List<Figure> figures) {
    /** Takes a copy of the list. */
    public Validation {
      figures = List.copyOf(figures);
    }

    /** Of an evaluation. */
    public static Validation of(long samples, OptionalDouble loss, List<Figure> figures) {
      return new Validation(samples, loss.isPresent() ? loss.getAsDouble() : null, figures);
    }

    /** The mean loss, where evaluations have one. */
    public OptionalDouble knownLoss() {
      return loss == null ? OptionalDouble.empty() : OptionalDouble.of(loss);
    }

    /** The figure by which epochs are compared. */
    public Figure primary() {
      return figures.get(0);
    }
  }

  /**
   * Wall time in seconds.
   *
   * @param compute training of the slowest worker of each round
   * @param averaging the rest of the rounds: laying out the state, shuffle, mean, reading it
   * @param validation evaluation on the validation data
   * @param checkpoint writing checkpoints since the line before
   */
  public record Seconds(double compute, double averaging, double validation, double checkpoint) {}

  /** The line without what is time, which differs from one run to an equal one. */
  public static String withoutTime(String line) {
    try {
      ObjectNode fields = (ObjectNode) MAPPER.readTree(line);
      return MAPPER.writeValueAsString(fields.remove(TIME));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          Text.format("metrics: expected an epoch's JSON, found %s", line), e);
    }
  }

  /**
   * One JSON object without line breaks. Every figure stands there twice: its value by its name,
   * for readers that look for that, and whole under {@code figures}.
   */
  public String toJson() {
    ObjectNode line = MAPPER.valueToTree(this);
    ObjectNode figures = line.objectNode();
    JsonNode task = line.remove("task");
    figures.putArray(TRAIN).add(line.remove(TRAIN_FIGURE));
    ObjectNode whole = line.objectNode();
    line.properties()
        .forEach(
            field -> {
              whole.set(field.getKey(), field.getValue());
              if (field.getKey().equals("train-loss")) {
                whole.put(TRAIN + "-" + trainFigure.name(), trainFigure.value());
              }
            });
    if (whole.get(VALIDATION) instanceof ObjectNode part) {
      figures.set(VALIDATION, part.remove(FIGURES));
      validation.figures().forEach(figure -> part.put(figure.name(), figure.value()));
    }
    whole.set("task", task);
    whole.set(FIGURES, figures);
    try {
      return MAPPER.writeValueAsString(whole);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("metrics: cannot be written as JSON", e);
    }
  }

  /** Reads a line back; older ones have no task and no figures except those of classification. */
  public static EpochMetrics fromJson(String line) {
    try {
      if (MAPPER.readTree(line) instanceof ObjectNode tree) {
        restore(tree);
        return MAPPER.treeToValue(tree, EpochMetrics.class);
      }
      throw new IllegalArgumentException(
          Text.format("metrics: expected an epoch's JSON, found %s", line));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          Text.format("metrics: expected an epoch's JSON, found %s", line), e);
    }
  }

  /** Puts the figures where the record has them, and takes their values by name away. */
  private static void restore(ObjectNode tree) {
    JsonNode figures = tree.has(FIGURES) ? tree.remove(FIGURES) : ofOlder(tree);
    JsonNode trained = figures.path(TRAIN).path(0);
    tree.remove(TRAIN + "-" + trained.path("name").asText());
    tree.set(TRAIN_FIGURE, trained);
    if (tree.get(VALIDATION) instanceof ObjectNode part) {
      JsonNode validated = figures.path(VALIDATION);
      validated.forEach(figure -> part.remove(figure.path("name").asText()));
      part.set(FIGURES, validated);
    }
  }

  /** The figures of a line from before there were tasks. */
  private static JsonNode ofOlder(ObjectNode tree) {
    tree.put("task", Tasks.CLASSIFICATION);
    Figure trained =
        Tasks.of(Tasks.CLASSIFICATION)
            .trainingFigure(0, 0)
            .withValue(tree.path("train-accuracy").asDouble());
    ObjectNode figures = tree.objectNode();
    figures.putArray(TRAIN).add(figure(trained));
    JsonNode validation = tree.path(VALIDATION);
    long samples = validation.path("samples").asLong();
    figures
        .putArray(VALIDATION)
        .add(figure(Classification.topOne(hits(validation, "top1", samples), samples)))
        .add(figure(Classification.topFive(hits(validation, "top5", samples), samples)));
    return figures;
  }

  private static JsonNode figure(Figure figure) {
    return MAPPER.valueToTree(figure);
  }

  private static long hits(JsonNode validation, String name, long samples) {
    return Math.round(validation.path(name).asDouble() * samples);
  }
}
