package io.spikeformer.tasks.detection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.ResultJson;
import io.spikeformer.tasks.TaskResult;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Section;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a detector's evaluation.
 *
 * @param boxes figures of boxes
 * @param masks figures of masks; empty if the detector gives none, or an object has none
 * @param facts what else was counted
 * @param examples few samples with their detections
 * @param worst the samples with the most faults
 */
public record DetectionOutcome(
    DetectionResult boxes,
    Optional<DetectionResult> masks,
    Facts facts,
    List<DetectionExample> examples,
    List<DetectionExample> worst)
    implements TaskResult {
  private static final ObjectMapper MAPPER = ResultJson.mapper();

  /** Copies the lists. */
  public DetectionOutcome {
    examples = List.copyOf(examples);
    worst = List.copyOf(worst);
  }

  /**
   * What was counted beside the figures.
   *
   * @param imagesWithoutObjects images without an object that counts
   * @param crowds objects that count for nothing and forgive detections
   * @param objectsWithoutMask objects that are boxes alone
   * @param boxRegions regions that the box head has computed
   * @param maskRegions regions that the mask head has computed
   * @param namesCompared whether the model's classes were compared with the data's
   */
  public record Facts(
      long imagesWithoutObjects,
      long crowds,
      long objectsWithoutMask,
      long boxRegions,
      long maskRegions,
      boolean namesCompared) {}

  /** The fields of evaluation.json that are read back. */
  private record Fields(
      Facts facts,
      ObjectNode bbox,
      ObjectNode segm,
      List<DetectionExample> examples,
      List<DetectionExample> worst) {}

  /**
   * The fields of an evaluation that are of this task.
   *
   * @throws JsonProcessingException if one is missing
   */
  static DetectionOutcome read(ObjectNode evaluation) throws JsonProcessingException {
    ObjectNode own = evaluation.deepCopy();
    own.retain(
        Arrays.stream(Fields.class.getRecordComponents()).map(RecordComponent::getName).toList());
    Fields fields = MAPPER.treeToValue(own, Fields.class);
    try {
      return new DetectionOutcome(
          DetectionJson.read(IouType.BOX, fields.bbox()),
          fields.segm() == null
              ? Optional.empty()
              : Optional.of(DetectionJson.read(IouType.MASK, fields.segm())),
          fields.facts(),
          fields.examples(),
          fields.worst());
    } catch (IllegalArgumentException damage) {
      throw new UserException(damage, "evaluation result: %s", damage.getMessage());
    }
  }

  @Override
  public ObjectNode fields() {
    ObjectNode object =
        MAPPER.valueToTree(
            new Fields(
                facts,
                DetectionJson.write(boxes),
                masks.map(DetectionJson::write).orElse(null),
                examples,
                worst));
    regions().ifPresent(means -> object.set("regionsPerImage", MAPPER.valueToTree(means)));
    return object;
  }

  @Override
  public Optional<RegionMeans> regions() {
    double images = boxes.images();
    return facts.boxRegions() == 0 && masks.isEmpty()
        ? Optional.empty()
        : Optional.of(new RegionMeans(facts.boxRegions() / images, facts.maskRegions() / images));
  }

  /** Names of the classes by label. */
  List<String> classNames() {
    return boxes.classes().stream().map(DetectionResult.OfClass::name).toList();
  }

  /** Objects that count. */
  long objects() {
    return boxes.classes().stream().mapToLong(DetectionResult.OfClass::objects).sum();
  }

  @Override
  public List<Figure> figures() {
    List<Figure> figures = new ArrayList<>(figures("box", "Box", boxes));
    masks.ifPresent(result -> figures.addAll(figures("mask", "Mask", result)));
    return figures;
  }

  private static List<Figure> figures(String name, String label, DetectionResult result) {
    return List.of(
        figure(
            name + "Ap", label + " AP", "mean over IoU 0.50 to 0.95", result, DetectionFigure.AP),
        figure(name + "Ap50", label + " AP50", "at IoU 0.50", result, DetectionFigure.AP50));
  }

  private static Figure figure(
      String name, String label, String meaning, DetectionResult result, DetectionFigure figure) {
    return new Figure(
        name,
        label,
        label.substring(0, 1).toLowerCase(Locale.ROOT) + label.substring(1),
        meaning,
        Figure.Unit.FRACTION,
        Figure.Better.HIGHER,
        0,
        0,
        defined(result.figures().get(figure)));
  }

  /** A value of COCO, where nothing is -1, as one of a {@link Figure}. */
  static double defined(double value) {
    return value == PrecisionRecall.UNDEFINED ? Double.NaN : value;
  }

  @Override
  public Optional<String> lossMeaning() {
    return Optional.empty();
  }

  @Override
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!facts.namesCompared()) {
      notes.add(
          "The names of the model's and the data's classes were not compared: they were taken for"
              + " the same, label by label.");
    }
    if (boxes.images() > 0 && objects() == 0) {
      notes.add("No image has an object that counts: every figure is undefined (NaN).");
    } else if (facts.imagesWithoutObjects() > 0) {
      notes.add(
          Text.format(
              "%s of %s images have no object that counts: detections there are wrong.",
              Numbers.count(facts.imagesWithoutObjects()), Numbers.count(boxes.images())));
    }
    long absent = boxes.classes().stream().filter(one -> one.objects() == 0).count();
    if (objects() > 0 && absent > 0) {
      notes.add(
          Text.format(
              "%s of %s classes have no object: they are left out of every mean.",
              absent, boxes.classes().size()));
    }
    if (facts.objectsWithoutMask() > 0) {
      notes.add(
          Text.format(
              "%s objects are boxes alone: masks were not scored.",
              Numbers.count(facts.objectsWithoutMask())));
    }
    return notes;
  }

  @Override
  public List<Section> sections() {
    return new DetectionReport(this).sections();
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("Classes", "" + boxes.classes().size());
    settings.put(
        "Objects",
        Text.format("%s, and %s crowds", Numbers.count(objects()), Numbers.count(facts.crowds())));
    settings.put("Detections", Numbers.count(boxes.detections()));
    regions()
        .ifPresent(
            means ->
                settings.put(
                    "Regions of an image",
                    Text.format(
                        "box head %s, mask head %s",
                        Numbers.decimals(means.boxes(), 1), Numbers.decimals(means.masks(), 1))));
    return settings;
  }

  @Override
  public Optional<Bars> afterTimesteps() {
    return Optional.empty();
  }

  @Override
  public List<Part> parts() {
    return boxes.classes().stream()
        .map(one -> new Part(one.name(), defined(one.figures().get(DetectionFigure.AP))))
        .toList();
  }

  @Override
  public Optional<String> remark() {
    return Optional.empty();
  }

  @Override
  public Map<String, Object> summary() {
    Map<String, Object> values = new LinkedHashMap<>();
    figures().forEach(figure -> values.put(figure.name(), figure.value()));
    return values;
  }
}
