package io.spikeformer.eval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.LayerFiring;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.ResultJson;
import io.spikeformer.tasks.Tasks;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Evaluation results as JSON: what every evaluation has follows the records here, and its task adds
 * fields of its own to the same object.
 */
final class EvaluationJson {
  private static final String TASK = "task";
  private static final String ANSWERS = "answers";
  private static final String EXPANSION = "expansion";
  private static final String SLOTS = "slots";
  private static final String CHECKSUM = "checksum";
  private static final String ARITHMETIC = "arithmetic";

  private static final ObjectMapper MAPPER =
      ResultJson.mapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .registerModule(
              new SimpleModule("configurations")
                  .addDeserializer(NetworkConfig.class, new ConfigReader()));

  private EvaluationJson() {}

  /** The beginning of the file, before the fields of the task; a loss may be null. */
  private record Beginning(
      String task,
      EvaluationSource source,
      NetworkConfig config,
      long samples,
      Double loss,
      List<?> figures,
      List<String> notes) {}

  /** The end of the file. */
  private record Ending(
      List<LayerFiring> firing,
      EnergyAccount fused,
      EnergyAccount asExecuted,
      double firingRate,
      @JsonInclude(JsonInclude.Include.NON_NULL) Expansion expansion) {}

  /** The fields of both that are read back; the rest follows from them. */
  private record Common(
      EvaluationSource source,
      NetworkConfig config,
      long samples,
      Double loss,
      List<LayerFiring> firing,
      EnergyAccount fused,
      EnergyAccount asExecuted,
      Expansion expansion) {}

  /** An architecture is of one of several kinds, which its JSON names. */
  private static final class ConfigReader extends JsonDeserializer<NetworkConfig> {
    @Override
    public NetworkConfig deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode object = in.readValueAsTree();
      return NetworkConfig.fromJson(object.toString());
    }
  }

  static String write(EvaluationResult result) {
    ObjectNode object =
        MAPPER.valueToTree(
            new Beginning(
                result.task(),
                result.source(),
                result.config(),
                result.samples(),
                result.loss().isPresent() ? result.loss().getAsDouble() : null,
                result.outcome().figures(),
                result.notes()));
    join(object, result.outcome().fields());
    join(
        object,
        MAPPER.valueToTree(
            new Ending(
                result.firing(),
                result.fused(),
                result.asExecuted(),
                result.firingRate(),
                result.expansion().orElse(null))));
    try {
      return MAPPER.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("evaluation result: could not be written as JSON", e);
    }
  }

  /** Adds fields to an object; objects in both are joined too. */
  private static void join(ObjectNode object, ObjectNode more) {
    more.fields()
        .forEachRemaining(
            field -> {
              if (object.get(field.getKey()) instanceof ObjectNode both
                  && field.getValue() instanceof ObjectNode inner) {
                join(both, inner);
              } else {
                object.set(field.getKey(), field.getValue());
              }
            });
  }

  static EvaluationResult read(String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (!(tree instanceof ObjectNode object)) {
        throw new UserException(
            "evaluation result: expected the JSON of an evaluation, found no object");
      }
      addWhatOlderOnesLack(object);
      Common common = MAPPER.treeToValue(object, Common.class);
      String task = object.get(TASK).asText();
      return new EvaluationResult(
          task,
          common.source(),
          common.config(),
          common.samples(),
          common.loss() == null ? OptionalDouble.empty() : OptionalDouble.of(common.loss()),
          Tasks.of(task).read(object),
          common.firing(),
          common.fused(),
          common.asExecuted(),
          Optional.ofNullable(common.expansion()));
    } catch (JsonProcessingException e) {
      throw new UserException(
          e,
          "evaluation result: expected the JSON of an evaluation, found: %s",
          e.getOriginalMessage());
    }
  }

  /**
   * Older results have no task, no checksum of their samples, or do not say what computed them. Few
   * have a run of a chip, and older ones of these neither spikes by slot nor a number of answers.
   */
  private static void addWhatOlderOnesLack(ObjectNode object) {
    if (!object.has(TASK)) {
      object.put(TASK, Tasks.CLASSIFICATION);
    }
    if (!object.has(EXPANSION)) {
      object.putNull(EXPANSION);
    }
    if (object.get(EXPANSION) instanceof ObjectNode expansion) {
      if (!expansion.has(SLOTS)) {
        expansion.putArray(SLOTS);
      }
      // an answer for each image: they are of classifiers
      if (!expansion.has(ANSWERS)) {
        expansion.set(ANSWERS, expansion.get("images"));
      }
    }
    if (object.get("source") instanceof ObjectNode source) {
      if (!source.has(CHECKSUM)) {
        source.put(CHECKSUM, "");
      }
      if (!source.has(ARITHMETIC)) {
        source.putArray(ARITHMETIC);
      }
    }
  }
}
