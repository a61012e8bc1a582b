package io.spikeformer.tasks.classification;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
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
import java.util.Map;
import java.util.Optional;

/**
 * The result of an evaluation of classes. Fractions are in [0, 1]; what has no support is NaN and
 * named in {@link #notes}.
 *
 * @param samples samples
 * @param topOne samples whose label has the best logit
 * @param topFive samples whose label is among the five best logits
 * @param topOneByTimestep samples whose label has the best mean logit of the first t timesteps, for
 *     t = 1 to T; the last one is topOne
 * @param calibration confidence and accuracy by bins of the confidence
 * @param classes results by class of the data, in the order of the labels
 * @param confusion nonzero cells of the confusion matrix, row by row
 * @param matching how the data's classes were found among the model's; unchecked in results from
 *     before it was noted
 * @param modelClasses number of the model's classes
 */
public record ClassificationResult(
    long samples,
    long topOne,
    long topFive,
    List<Long> topOneByTimestep,
    List<CalibrationBin> calibration,
    List<ClassResult> classes,
    List<Confusion> confusion,
    ClassMatching matching,
    int modelClasses)
    implements TaskResult {
  private static final ObjectMapper MAPPER = ResultJson.mapper();
  private static final String MATCHING = "matching";
  private static final String MODEL_CLASSES = "modelClasses";
  private static final String SOURCE = "source";
  private static final String CLASSES = "classes";

  /** Copies the lists. */
  public ClassificationResult {
    topOneByTimestep = List.copyOf(topOneByTimestep);
    calibration = List.copyOf(calibration);
    classes = List.copyOf(classes);
    confusion = List.copyOf(confusion);
  }

  /**
   * Computes the metrics of counts.
   *
   * @param map the data's classes among the model's
   * @param modelClasses number of the model's classes
   * @throws IllegalArgumentException if counts and names have different numbers of classes, or more
   *     than the model
   */
  static ClassificationResult of(ClassificationCounts counts, ClassMap map, int modelClasses) {
    List<String> names = map.names();
    if (names.size() > modelClasses || counts.classes() != names.size()) {
      throw new IllegalArgumentException(
          Text.format(
              "evaluation: expected up to %s classes of the model, found %s names and counts of %s",
              modelClasses, names.size(), counts.classes()));
    }
    List<ClassResult> classes = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      classes.add(
          new ClassResult(
              names.get(c),
              counts.samples(c),
              counts.confused(c, c),
              counts.topFive(c),
              counts.predicted(c)));
    }
    return new ClassificationResult(
        counts.samples(),
        counts.topOne(),
        counts.topFive(),
        counts.topOneByTimestep(),
        counts.calibration(),
        classes,
        counts.confusion(),
        map.matching(),
        modelClasses);
  }

  /**
   * The fields of an evaluation that are of this task.
   *
   * @throws JsonProcessingException if one is missing
   */
  static ClassificationResult read(ObjectNode evaluation) throws JsonProcessingException {
    ObjectNode own = evaluation.deepCopy();
    own.retain(
        Arrays.stream(ClassificationResult.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList());
    // how classes are found is said with the source; older results compared no names
    JsonNode matching = evaluation.path(SOURCE).path(CLASSES);
    own.put(MATCHING, matching.asText(ClassMatching.UNCHECKED.label()));
    own.put(MODEL_CLASSES, evaluation.path("config").path(CLASSES).asInt(own.path(CLASSES).size()));
    return MAPPER.treeToValue(own, ClassificationResult.class);
  }

  @Override
  public ObjectNode fields() {
    ObjectNode own = MAPPER.valueToTree(this);
    own.putObject(SOURCE).set(CLASSES, own.remove(MATCHING));
    own.remove(MODEL_CLASSES);
    return own;
  }

  /** Fraction of samples whose label has the best logit; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double accuracy() {
    return (double) topOne / samples;
  }

  /** Fraction of samples whose label is among the five best logits; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double topFiveAccuracy() {
    return (double) topFive / samples;
  }

  /** Accuracy of a network that stops after t timesteps, for t = 1 to T; NaN without samples. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<Double> accuracyByTimestep() {
    return topOneByTimestep.stream().map(right -> (double) right / samples).toList();
  }

  /**
   * Expected calibration error: the mean distance of accuracy and confidence over the bins,
   * weighted by samples (Guo et al., 2017); NaN without samples.
   */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double calibrationError() {
    return calibration.stream()
            .mapToDouble(bin -> Math.abs(bin.correct() - bin.confidenceSum()))
            .sum()
        / samples;
  }

  /** Classes of the model that could be chosen: those of the data. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public int modelClassesUsed() {
    return classes.size();
  }

  @Override
  @JsonIgnore
  public List<Figure> figures() {
    return List.of(
        Classification.topOne(topOne, samples),
        Classification.topFive(topFive, samples),
        new Figure(
            "calibrationError",
            "Calibration error",
            "calibration error",
            "mean distance of confidence and accuracy",
            Figure.Unit.FRACTION,
            Figure.Better.LOWER,
            0,
            0,
            calibrationError()));
  }

  @Override
  @JsonIgnore
  public Optional<String> lossMeaning() {
    return Optional.of("mean cross-entropy per sample");
  }

  @Override
  @JsonIgnore
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (matching.maps()) {
      notes.add(
          Text.format(
              "The data's classes were found by %s: logits of %s of the model's %s classes were"
                  + " used,"
                  + " no other class could be chosen.",
              matching.label(), Numbers.count(classes.size()), Numbers.count(modelClasses)));
    }
    if (matching == ClassMatching.UNCHECKED) {
      notes.add(
          "The names of the model's and the data's classes were not compared: they were taken for"
              + " the same, label by label.");
    }
    if (samples > 0) {
      notes.addAll(withoutSupport());
    }
    if (classes.size() <= ClassificationCounts.BEST) {
      notes.add(Text.format("With %s classes, top-5 counts every sample.", classes.size()));
    }
    return notes;
  }

  private List<String> withoutSupport() {
    List<String> notes = new ArrayList<>();
    List<String> empty =
        classes.stream().filter(c -> c.samples() == 0).map(ClassResult::name).toList();
    if (!empty.isEmpty()) {
      notes.add(
          Text.format(
              "%s of %s classes have no samples, their accuracy is undefined (NaN): %s.",
              empty.size(), classes.size(), shortened(empty)));
    }
    long unpredicted = classes.stream().filter(c -> c.predicted() == 0).count();
    if (unpredicted > 0) {
      notes.add(
          Text.format(
              "%s of %s classes were never predicted, their precision is undefined (NaN).",
              unpredicted, classes.size()));
    }
    return notes;
  }

  private static String shortened(List<String> names) {
    int shown = 5;
    String list = String.join(", ", names.subList(0, Math.min(shown, names.size())));
    return names.size() > shown ? list + " and " + (names.size() - shown) + " more" : list;
  }

  @Override
  public List<Section> sections() {
    return new ClassificationReport(this).sections();
  }

  @Override
  public Map<String, String> settings() {
    String used =
        matching.maps()
            ? Text.format(
                "%s of the model's %s, found by %s",
                modelClassesUsed(), modelClasses, matching.label())
            : "" + modelClasses;
    return Map.of("Classes", used);
  }

  @Override
  public Optional<Bars> afterTimesteps() {
    return Optional.of(new ClassificationReport(this).afterTimesteps());
  }

  @Override
  public List<Part> parts() {
    return classes.stream().map(c -> new Part(c.name(), c.accuracy())).toList();
  }

  @Override
  public Optional<String> remark() {
    return matching.maps()
        ? Optional.of(
            Text.format(
                "classes found by %s: %,d of the model's %,d, no other could be chosen",
                matching.label(), modelClassesUsed(), modelClasses))
        : Optional.empty();
  }

  @Override
  public Map<String, Object> summary() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("accuracy", accuracy());
    values.put("topFiveAccuracy", topFiveAccuracy());
    values.put("accuracyByTimestep", accuracyByTimestep());
    values.put("calibrationError", calibrationError());
    return values;
  }
}
