package io.spikeformer.tasks.detection;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.spikeformer.common.Check;
import io.spikeformer.data.detection.IouType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The figures of detections, as COCO defines them. Equal counts give equal results.
 *
 * @param measure where detections and objects were compared
 * @param images number of images
 * @param detections at most 100 of a class in an image
 * @param figures by figure, {@link PrecisionRecall#UNDEFINED} of nothing
 * @param classes by label
 * @param curves mean precision of the classes with objects at the 101 recalls, by the IoU
 */
public record DetectionResult(
    IouType measure,
    long images,
    long detections,
    Map<DetectionFigure, Double> figures,
    List<OfClass> classes,
    Map<String, List<Double>> curves) {
  private static final int HALF = 0;
  private static final int THREE_QUARTERS = 5;
  private static final int LIMIT = CocoGrid.LIMITS - 1;

  /**
   * The figures of one class.
   *
   * @param name of the class
   * @param objects that count; crowds do not
   * @param figures as of all classes
   * @param precision at IoU 0.50 and the 101 recalls; empty without objects
   */
  public record OfClass(
      String name, long objects, Map<DetectionFigure, Double> figures, List<Double> precision) {}

  /**
   * The result of whole counts.
   *
   * @param names of the classes by label
   */
  public static DetectionResult of(DetectionCounts counts, List<String> names) {
    Check.that(
        names.size() == counts.classes(),
        "detection result: expected %s names of classes, found %s",
        counts.classes(),
        names.size());
    PrecisionRecall curves = PrecisionRecall.of(counts);
    Map<DetectionFigure, Double> figures = new EnumMap<>(DetectionFigure.class);
    for (DetectionFigure figure : DetectionFigure.values()) {
      figures.put(figure, figure.mean(curves));
    }
    List<OfClass> classes = new ArrayList<>();
    for (int label = 0; label < names.size(); label++) {
      classes.add(ofClass(counts, curves, label, names.get(label)));
    }
    return new DetectionResult(
        counts.measure(),
        counts.images(),
        counts.detections(),
        Collections.unmodifiableMap(figures),
        List.copyOf(classes),
        meanCurves(counts, curves));
  }

  private static OfClass ofClass(
      DetectionCounts counts, PrecisionRecall curves, int label, String name) {
    Map<DetectionFigure, Double> figures = new EnumMap<>(DetectionFigure.class);
    for (DetectionFigure figure : DetectionFigure.values()) {
      figures.put(figure, figure.of(curves, label));
    }
    long objects = counts.objects(label, AreaRange.ALL);
    List<Double> precision =
        objects == 0
            ? List.of()
            : points(r -> curves.precision(HALF, r, label, AreaRange.ALL, LIMIT));
    return new OfClass(name, objects, Collections.unmodifiableMap(figures), precision);
  }

  private static Map<String, List<Double>> meanCurves(
      DetectionCounts counts, PrecisionRecall curves) {
    int[] labels =
        IntStream.range(0, counts.classes())
            .filter(label -> counts.objects(label, AreaRange.ALL) > 0)
            .toArray();
    Map<String, List<Double>> means = new LinkedHashMap<>();
    if (labels.length > 0) {
      means.put("0.50", meanCurve(curves, labels, IntStream.of(HALF)));
      means.put("0.75", meanCurve(curves, labels, IntStream.of(THREE_QUARTERS)));
      means.put("0.50:0.95", meanCurve(curves, labels, IntStream.range(0, CocoGrid.THRESHOLDS)));
    }
    return Collections.unmodifiableMap(means);
  }

  private static List<Double> meanCurve(
      PrecisionRecall curves, int[] labels, IntStream thresholds) {
    int[] chosen = thresholds.toArray();
    return points(
        r ->
            Arrays.stream(chosen)
                .boxed()
                .flatMapToDouble(
                    t ->
                        Arrays.stream(labels)
                            .mapToDouble(
                                label -> curves.precision(t, r, label, AreaRange.ALL, LIMIT)))
                .average()
                .orElseThrow());
  }

  private static List<Double> points(IntToDoubleFunction precision) {
    return IntStream.range(0, CocoGrid.RECALLS).mapToDouble(precision).boxed().toList();
  }

  /** The result as JSON; figures of nothing are null. */
  public ObjectNode toJson() {
    return DetectionJson.write(this);
  }
}
