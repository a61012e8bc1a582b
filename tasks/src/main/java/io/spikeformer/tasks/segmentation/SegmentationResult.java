package io.spikeformer.tasks.segmentation;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
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
import java.util.function.ToDoubleFunction;

/**
 * The result of an evaluation of label maps. Fractions are in [0, 1]; means over classes leave out
 * those that are NaN.
 *
 * @param images images
 * @param imagesWithoutLabels those without a pixel that has a class
 * @param ignoredPixels pixels without a class, which count for nothing
 * @param classNames names of the classes, in the order of their labels
 * @param confusion pixels of each class by the class that they were taken for, row by row
 * @param examples few samples with their answers
 * @param namesCompared whether the model's classes were compared with the data's
 */
public record SegmentationResult(
    long images,
    long imagesWithoutLabels,
    long ignoredPixels,
    List<String> classNames,
    List<List<Long>> confusion,
    List<Example> examples,
    boolean namesCompared)
    implements TaskResult {
  private static final ObjectMapper MAPPER = ResultJson.mapper();

  /** Copies the lists and checks that the confusion matrix has a row for each class. */
  public SegmentationResult {
    classNames = List.copyOf(classNames);
    confusion = confusion.stream().map(List::copyOf).toList();
    examples = List.copyOf(examples);
    int classes = classNames.size();
    boolean square = confusion.stream().allMatch(row -> row.size() == classes);
    if (confusion.size() != classes || !square) {
      throw new IllegalArgumentException(
          Text.format(
              "segmentation result: expected a confusion matrix of %s x %s classes, found %s rows",
              classes, classes, confusion.size()));
    }
  }

  /**
   * Computes the metrics of counts.
   *
   * @param names of the classes, in the order of their labels
   * @param namesCompared whether the model's classes were compared with the data's
   */
  public static SegmentationResult of(
      SegmentationCounts counts, List<String> names, boolean namesCompared) {
    return new SegmentationResult(
        counts.images(),
        counts.imagesWithoutLabels(),
        counts.ignored(),
        names,
        counts.confusion(),
        counts.examples().list(Example.class),
        namesCompared);
  }

  /**
   * The fields of an evaluation that are of this task.
   *
   * @throws JsonProcessingException if one is missing
   */
  static SegmentationResult read(ObjectNode evaluation) throws JsonProcessingException {
    ObjectNode own = evaluation.deepCopy();
    own.retain(
        Arrays.stream(SegmentationResult.class.getRecordComponents())
            .map(RecordComponent::getName)
            .toList());
    for (var example : own.path("examples")) {
      ((ObjectNode) example).remove("accuracy");
    }
    return MAPPER.treeToValue(own, SegmentationResult.class);
  }

  @Override
  public ObjectNode fields() {
    return MAPPER.valueToTree(this);
  }

  /** The results by class, in the order of the labels. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<ClassPixels> classes() {
    List<ClassPixels> classes = new ArrayList<>();
    for (int c = 0; c < classNames.size(); c++) {
      int column = c;
      long labelled = confusion.get(c).stream().mapToLong(Long::longValue).sum();
      long predicted = confusion.stream().mapToLong(row -> row.get(column)).sum();
      classes.add(new ClassPixels(classNames.get(c), labelled, predicted, confusion.get(c).get(c)));
    }
    return classes;
  }

  /** Pixels that have a class. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public long pixels() {
    return confusion.stream().flatMap(List::stream).mapToLong(Long::longValue).sum();
  }

  /** Pixels that were taken for their class. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public long rightPixels() {
    return classes().stream().mapToLong(ClassPixels::right).sum();
  }

  /** Mean of {@link ClassPixels#iou} over the classes that have one; NaN without any. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double meanIou() {
    return mean(ClassPixels::iou);
  }

  /** Mean of {@link ClassPixels#accuracy} over the classes that have one; NaN without any. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double meanAccuracy() {
    return mean(ClassPixels::accuracy);
  }

  /** Share of the pixels that were taken for their class; NaN without pixels. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double pixelAccuracy() {
    return (double) rightPixels() / pixels();
  }

  private double mean(ToDoubleFunction<ClassPixels> of) {
    return classes().stream()
        .mapToDouble(of)
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  @Override
  @JsonIgnore
  public List<Figure> figures() {
    return List.of(
        mean("meanIou", "Mean IoU", "mIoU", "mean intersection over union of classes", meanIou()),
        mean(
            "meanAccuracy",
            "Mean accuracy of classes",
            "mean accuracy",
            "mean share of a class's pixels that are right",
            meanAccuracy()),
        Segmentation.pixelAccuracy(rightPixels(), pixels()));
  }

  private static Figure mean(
      String name, String label, String brief, String meaning, double value) {
    return new Figure(
        name, label, brief, meaning, Figure.Unit.FRACTION, Figure.Better.HIGHER, 0, 0, value);
  }

  @Override
  @JsonIgnore
  public Optional<String> lossMeaning() {
    return Optional.of("cross-entropy per pixel, mean over images");
  }

  @Override
  @JsonIgnore
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (!namesCompared) {
      notes.add(
          "The names of the model's and the data's classes were not compared: they were taken for"
              + " the same, label by label.");
    }
    if (imagesWithoutLabels > 0) {
      notes.add(
          Text.format(
              "%s of %s images have no labelled pixel: their loss is 0, and they count in no"
                  + " figure.",
              Numbers.count(imagesWithoutLabels), Numbers.count(images)));
    }
    long absent = classes().stream().filter(c -> c.labelled() == 0).count();
    if (images > 0 && absent > 0) {
      long predicted =
          classes().stream().filter(c -> c.labelled() == 0 && c.predicted() > 0).count();
      notes.add(
          Text.format(
              "%s of %s classes have no labelled pixel: their accuracy is undefined (NaN). %s of"
                  + " them were predicted and have an IoU of 0; the others are left out of the mean"
                  + " IoU.",
              absent, classNames.size(), predicted));
    }
    return notes;
  }

  @Override
  public List<Section> sections() {
    return new SegmentationReport(this).sections();
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("Classes", "" + classNames.size());
    settings.put(
        "Pixels",
        Text.format("%s, and %s ignored", Numbers.count(pixels()), Numbers.count(ignoredPixels)));
    return settings;
  }

  @Override
  public Optional<Bars> afterTimesteps() {
    return Optional.empty();
  }

  @Override
  public List<Part> parts() {
    return classes().stream().map(c -> new Part(c.name(), c.iou())).toList();
  }

  @Override
  public Optional<String> remark() {
    return Optional.empty();
  }

  @Override
  public Map<String, Object> summary() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("meanIou", meanIou());
    values.put("meanAccuracy", meanAccuracy());
    values.put("pixelAccuracy", pixelAccuracy());
    return values;
  }
}
