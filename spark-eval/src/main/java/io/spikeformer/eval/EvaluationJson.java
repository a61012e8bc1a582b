package io.spikeformer.eval;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.spikeformer.common.UserException;
import io.spikeformer.model.config.NetworkConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Evaluation results as JSON; the format follows the records. */
final class EvaluationJson {
  private static final String CHECKSUM = "checksum";
  private static final String CLASSES = "classes";
  private static final String ARITHMETIC = "arithmetic";

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .setSerializerModifier(new FixedOrder())
                  .addDeserializer(NetworkConfig.class, new ConfigReader())
                  .addDeserializer(EvaluationSource.class, new SourceReader()))
          .build();

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private EvaluationJson() {}

  /**
   * Components of a record as they are declared, then its metrics by name. Java gives the methods
   * of a class in an order that differs from one process to the next.
   */
  private static final class FixedOrder extends BeanSerializerModifier {
    private static final long serialVersionUID = 1;

    @Override
    public List<BeanPropertyWriter> orderProperties(
        SerializationConfig config, BeanDescription bean, List<BeanPropertyWriter> properties) {
      RecordComponent[] declared = bean.getBeanClass().getRecordComponents();
      if (declared == null) {
        return super.orderProperties(config, bean, properties);
      }
      List<String> components = Arrays.stream(declared).map(RecordComponent::getName).toList();
      return properties.stream()
          .sorted(
              Comparator.comparingInt((BeanPropertyWriter p) -> place(components, p.getName()))
                  .thenComparing(BeanPropertyWriter::getName))
          .toList();
    }

    private static int place(List<String> components, String name) {
      int place = components.indexOf(name);
      return place < 0 ? components.size() : place;
    }
  }

  /** An architecture is of one of several kinds, which its JSON names. */
  private static final class ConfigReader extends JsonDeserializer<NetworkConfig> {
    @Override
    public NetworkConfig deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode object = in.readValueAsTree();
      return NetworkConfig.fromJson(object.toString());
    }
  }

  /**
   * Older results have no checksum of their samples, compared no names of classes, or do not say
   * what computed them.
   */
  private static final class SourceReader extends JsonDeserializer<EvaluationSource> {
    @Override
    public EvaluationSource deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode node = in.readValueAsTree();
      if (node instanceof ObjectNode object && !object.has(CHECKSUM)) {
        object.put(CHECKSUM, "");
      }
      if (node instanceof ObjectNode object && !object.has(CLASSES)) {
        object.put(CLASSES, ClassMatching.UNCHECKED.label());
      }
      if (node instanceof ObjectNode object && !object.has(ARITHMETIC)) {
        object.putArray(ARITHMETIC);
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
      throw new UserException(
          "evaluation result: expected the JSON of an evaluation, found: " + e.getOriginalMessage(),
          e);
    }
  }
}
