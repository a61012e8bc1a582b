package io.spikeformer.model.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Check;
import io.spikeformer.common.UserException;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NetworkFamily;
import java.io.IOException;
import java.util.List;

/**
 * The JSON part of a checkpoint.
 *
 * @param model architecture
 * @param classes class names in the order of the logits; empty if unknown
 * @param position epoch, round, step
 * @param recipe recipe text
 * @param data identity of the training data
 * @param history epoch metrics, one JSON text each
 * @param vectorLength elements of the state and of each moment
 * @param moments number of moments
 * @param outer 1 if the momentum of the averaged step follows the moments, else 0
 * @param rest 1 if what integers have left of the averaged steps follows that, else 0
 * @param workerMoments checksums of the workers' own moments and rests, which lie in files beside
 * @param arithmetic the arithmetic of the state, or null
 */
record CheckpointHeader(
    NetworkConfig model,
    List<String> classes,
    TrainingPosition position,
    String recipe,
    String data,
    List<String> history,
    long vectorLength,
    int moments,
    int outer,
    int rest,
    List<Long> workerMoments,
    Arithmetic arithmetic) {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** Validates that nothing is missing. */
  CheckpointHeader {
    require(model, "model");
    require(classes, "classes");
    classes.forEach(name -> require(name, "classes"));
    Checkpoint.requireNames(classes, model);
    require(position, "position");
    require(recipe, "recipe");
    require(data, "data");
    require(history, "history");
    history.forEach(line -> require(line, "history"));
    require(workerMoments, "worker-moments");
    workerMoments.forEach(checksum -> require(checksum, "worker-moments"));
  }

  private static void require(Object value, String key) {
    Check.that(value != null, "header %s: expected a value, found null", key);
  }

  static CheckpointHeader of(Checkpoint checkpoint) {
    return new CheckpointHeader(
        checkpoint.config(),
        checkpoint.classes(),
        checkpoint.position(),
        checkpoint.recipe(),
        checkpoint.data(),
        checkpoint.history(),
        checkpoint.state().length,
        checkpoint.moments().size(),
        checkpoint.outer().length == 0 ? 0 : 1,
        checkpoint.rest().length == 0 ? 0 : 1,
        checkpoint.workerMoments(),
        checkpoint.arithmetic());
  }

  byte[] encode() {
    try {
      return MAPPER.writeValueAsBytes(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("checkpoint header: cannot be written as JSON", e);
    }
  }

  /** Parses a header; one that is not as its version writes it is a one-line error. */
  static CheckpointHeader decode(byte[] json, int version, String source) {
    try {
      JsonNode header = MAPPER.readTree(json);
      if (header instanceof ObjectNode fields) {
        addWhatIsNewerThan(version, fields);
        addPartSums(fields);
      }
      if (header.get("model") instanceof ObjectNode model) {
        NetworkFamily.of(model).complete(model);
      }
      if (!header.isObject()) {
        throw damaged(source, new IllegalArgumentException("expected an object"), null);
      }
      return reader(NetworkFamily.of(header.path("model")))
          .treeToValue(header, CheckpointHeader.class);
    } catch (ValueInstantiationException e) {
      throw damaged(source, e.getCause() == null ? e : e.getCause(), e);
    } catch (JsonProcessingException e) {
      throw damaged(source, new IllegalArgumentException(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw damaged(source, e, e);
    }
  }

  private static void addWhatIsNewerThan(int version, ObjectNode header) {
    if (version < 2) {
      header.put("outer", 0).putArray("worker-moments");
    }
    if (version < 3) {
      header.putNull("arithmetic").putArray("classes");
    }
    if (version < 4 && header.at("/position/totals") instanceof ObjectNode totals) {
      // there was classification alone: every sample was right or not
      ObjectNode training = totals.putObject("training");
      List.of("samples", "loss-sum").forEach(key -> move(totals, key, training, key));
      move(totals, "correct", training, "hits");
      if (training.has("samples")) {
        training.set("counted", training.get("samples"));
      }
    }
    if (version < 5) {
      header.put("rest", 0);
    }
  }

  /** Losses without parts leave them out. */
  private static void addPartSums(JsonNode header) {
    if (header.at("/position/totals/training") instanceof ObjectNode training
        && !training.has("part-sums")) {
      training.putObject("part-sums");
    }
  }

  private static void move(ObjectNode from, String key, ObjectNode to, String name) {
    if (from.has(key)) {
      to.set(name, from.remove(key));
    }
  }

  /** Reads headers of one kind of network: a Meta-SpikeFormer has no family. */
  private static ObjectMapper reader(NetworkFamily family) {
    return MAPPER
        .copy()
        .registerModule(
            new SimpleModule().addAbstractTypeMapping(NetworkConfig.class, family.type()));
  }

  private static UserException damaged(String source, Throwable reason, Exception cause) {
    return new UserException(
        cause,
        "checkpoint %s: its header does not describe a model: %s",
        source,
        reason.getMessage());
  }
}
