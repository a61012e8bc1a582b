package io.spikeformer.model.torch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.UserException;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.NetworkConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The description of a model in an exported file, beside the weights. An import needs no other.
 *
 * @param config architecture
 * @param recipe recipe of the training as YAML, or empty
 * @param classes names of the classes, in the order of the logits; empty if unknown
 * @param data what identifies the training data, or empty
 */
public record ModelDescription(
    NetworkConfig config, String recipe, List<String> classes, String data) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the names. */
  public ModelDescription {
    classes = List.copyOf(classes);
  }

  /** A checkpoint's description of its model. */
  static ModelDescription of(Checkpoint checkpoint) {
    return new ModelDescription(
        checkpoint.config(), checkpoint.recipe(), checkpoint.classes(), checkpoint.data());
  }

  /** The same at another T. */
  public ModelDescription withTimesteps(int timesteps) {
    return new ModelDescription(config.withTimesteps(timesteps), recipe, classes, data);
  }

  String toJson() {
    try {
      ObjectNode object = JSON.createObjectNode();
      object.set("model", JSON.readTree(config.toJson()));
      object.put("recipe", recipe);
      object.set("classes", JSON.valueToTree(classes));
      object.put("data", data);
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static ModelDescription fromJson(String json, Path file) {
    try {
      JsonNode object = JSON.readTree(json);
      List<String> classes = new ArrayList<>();
      // files from before classes had names have none
      object.path("classes").forEach(name -> classes.add(name.asText()));
      return new ModelDescription(
          NetworkConfig.fromJson(object.path("model").toString()),
          object.path("recipe").asText(),
          classes,
          object.path("data").asText());
    } catch (JsonProcessingException e) {
      throw new UserException(
          e,
          "weights %s: expected a description of a model, found %s",
          file,
          e.getOriginalMessage());
    }
  }
}
