package io.spikeformer.tasks.detection;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Text;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.tasks.ResultJson;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link DetectionResult} as JSON: figures of nothing are null. */
final class DetectionJson {
  private static final ObjectMapper MAPPER = ResultJson.mapper();

  private DetectionJson() {}

  /** What is read back. */
  private record Form(
      long images,
      long detections,
      Map<String, Double> figures,
      List<ClassForm> classes,
      Map<String, List<Double>> precisionByIou) {}

  private record ClassForm(
      @JsonProperty("class") String name,
      long objects,
      Map<String, Double> figures,
      List<Double> precision50) {}

  static ObjectNode write(DetectionResult result) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("images", result.images()).put("detections", result.detections());
    object.set("figures", json(result.figures()));
    ArrayNode each = object.putArray("classes");
    for (DetectionResult.OfClass one : result.classes()) {
      ObjectNode fields = each.addObject().put("class", one.name()).put("objects", one.objects());
      fields.set("figures", json(one.figures()));
      fields.set("precision50", json(one.precision()));
    }
    ObjectNode means = object.putObject("precisionByIou");
    result.curves().forEach((iou, points) -> means.set(iou, json(points)));
    return object;
  }

  private static ObjectNode json(Map<DetectionFigure, Double> figures) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    figures.forEach(
        (figure, value) ->
            object.put(figure.label(), value == PrecisionRecall.UNDEFINED ? null : value));
    return object;
  }

  private static ArrayNode json(List<Double> values) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    values.forEach(array::add);
    return array;
  }

  /**
   * Reads what {@link #write} gave.
   *
   * @throws JsonProcessingException if something is missing
   * @throws IllegalArgumentException if a figure is missing
   */
  static DetectionResult read(IouType measure, ObjectNode object) throws JsonProcessingException {
    Form form = MAPPER.treeToValue(object, Form.class);
    List<DetectionResult.OfClass> classes =
        form.classes().stream()
            .map(
                one ->
                    new DetectionResult.OfClass(
                        one.name(), one.objects(), figures(one.figures()), one.precision50()))
            .toList();
    return new DetectionResult(
        measure,
        form.images(),
        form.detections(),
        figures(form.figures()),
        classes,
        Collections.unmodifiableMap(new LinkedHashMap<>(form.precisionByIou())));
  }

  private static Map<DetectionFigure, Double> figures(Map<String, Double> read) {
    Map<DetectionFigure, Double> figures = new EnumMap<>(DetectionFigure.class);
    for (DetectionFigure figure : DetectionFigure.values()) {
      if (!read.containsKey(figure.label())) {
        throw new IllegalArgumentException(
            Text.format(
                "figures of detections: expected %s, found %s", figure.label(), read.keySet()));
      }
      Double value = read.get(figure.label());
      figures.put(figure, value == null ? PrecisionRecall.UNDEFINED : value);
    }
    return Collections.unmodifiableMap(figures);
  }
}
