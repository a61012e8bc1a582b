package io.spikeformer.eval;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.model.NetworkConfig;
import java.io.IOException;

/** Evaluation results as JSON; the format follows the records. */
final class EvaluationJson {
  private static final String CHECKSUM = "checksum";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addDeserializer(NetworkConfig.class, new ConfigReader())
                  .addDeserializer(EvaluationSource.class, new SourceReader()))
          .build();

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private EvaluationJson() {}

  /** An architecture is of one of several kinds, which its JSON names. */
  private static final class ConfigReader extends JsonDeserializer<NetworkConfig> {
    @Override
    public NetworkConfig deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode object = in.readValueAsTree();
      return NetworkConfig.fromJson(object.toString());
    }
  }

  /** Older results have no checksum of their samples. */
  private static final class SourceReader extends JsonDeserializer<EvaluationSource> {
    @Override
    public EvaluationSource deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode node = in.readValueAsTree();
      if (node instanceof ObjectNode object && !object.has(CHECKSUM)) {
        object.put(CHECKSUM, "");
      }
      return STRICT.treeToValue(node, EvaluationSource.class);
    }
  }

  static String write(EvaluationResult result) {
    try {
      return MAPPER.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("evaluation result: could not be written as JSON", e);
    }
  }

  static EvaluationResult read(String json) {
    try {
      return MAPPER.readValue(json, EvaluationResult.class);
    } catch (JsonProcessingException e) {
      throw new EvaluationException(
          "evaluation result: expected the JSON of an evaluation, found: " + e.getOriginalMessage(),
          e);
    }
  }
}
