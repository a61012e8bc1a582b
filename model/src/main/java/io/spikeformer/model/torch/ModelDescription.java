package io.spikeformer.model.torch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.model.ModelException;
import io.spikeformer.model.NetworkConfig;
import java.nio.file.Path;

/**
 * What an exported file says of its model beside the weights, so that it can be imported without
 * being told what it is.
 *
 * @param config architecture
 * @param recipe recipe of the training as YAML, or empty
 */
public record ModelDescription(NetworkConfig config, String recipe) {
  private static final ObjectMapper JSON = new ObjectMapper();

  String toJson() {
    try {
      ObjectNode object = JSON.createObjectNode();
      object.set("model", JSON.readTree(config.toJson()));
      object.put("recipe", recipe);
      return JSON.writeValueAsString(object);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static ModelDescription fromJson(String json, Path file) {
    try {
      JsonNode object = JSON.readTree(json);
      return new ModelDescription(
          NetworkConfig.fromJson(object.path("model").toString()), object.path("recipe").asText());
    } catch (JsonProcessingException e) {
      throw new ModelException(
          "weights "
              + file
              + ": expected a description of a model, found "
              + e.getOriginalMessage(),
          e);
    }
  }
}
