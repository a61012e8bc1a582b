package io.spikeformer.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Evaluation results as JSON; the format follows the records. */
final class EvaluationJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  private EvaluationJson() {}

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
