package io.spikeformer.tasks.detection;

import io.spikeformer.common.Text;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** COCO's twelve figures, in pycocotools' order. */
public enum DetectionFigure {
  /** Mean over all thresholds. */
  AP(Kind.PRECISION, Thresholds.ALL, AreaRange.ALL, 2),
  /** At IoU 0.50. */
  AP50(Kind.PRECISION, Thresholds.HALF, AreaRange.ALL, 2),
  /** At IoU 0.75. */
  AP75(Kind.PRECISION, Thresholds.THREE_QUARTERS, AreaRange.ALL, 2),
  /** Of small objects. */
  APS("APs", Kind.PRECISION, AreaRange.SMALL),
  /** Of medium objects. */
  APM("APm", Kind.PRECISION, AreaRange.MEDIUM),
  /** Of large objects. */
  APL("APl", Kind.PRECISION, AreaRange.LARGE),
  /** With one detection of a class in an image. */
  AR1(Kind.RECALL, Thresholds.ALL, AreaRange.ALL, 0),
  /** With ten. */
  AR10(Kind.RECALL, Thresholds.ALL, AreaRange.ALL, 1),
  /** With a hundred. */
  AR100(Kind.RECALL, Thresholds.ALL, AreaRange.ALL, 2),
  /** Of small objects. */
  ARS("ARs", Kind.RECALL, AreaRange.SMALL),
  /** Of medium objects. */
  ARM("ARm", Kind.RECALL, AreaRange.MEDIUM),
  /** Of large objects. */
  ARL("ARl", Kind.RECALL, AreaRange.LARGE);

  private enum Kind {
    PRECISION("Average Precision", "(AP)"),
    RECALL("Average Recall", "(AR)");

    private final String title;
    private final String brief;

    Kind(String title, String brief) {
      this.title = title;
      this.brief = brief;
    }
  }

  /** Over which thresholds a figure is the mean. */
  private enum Thresholds {
    ALL("0.50:0.95", 0, CocoGrid.THRESHOLDS),
    HALF("0.50", 0, 1),
    THREE_QUARTERS("0.75", 5, 6);

    private final String text;
    private final int from;
    private final int to;

    Thresholds(String text, int from, int to) {
      this.text = text;
      this.from = from;
      this.to = to;
    }
  }

  private final String label;
  private final Kind kind;
  private final Thresholds thresholds;
  private final AreaRange range;
  private final int limit;

  DetectionFigure(Kind kind, Thresholds thresholds, AreaRange range, int limit) {
    this.label = name();
    this.kind = kind;
    this.thresholds = thresholds;
    this.range = range;
    this.limit = limit;
  }

  DetectionFigure(String label, Kind kind, AreaRange range) {
    this.label = label;
    this.kind = kind;
    this.thresholds = Thresholds.ALL;
    this.range = range;
    this.limit = CocoGrid.LIMITS - 1;
  }

  /** The name in tables and files. */
  public String label() {
    return label;
  }

  /** The mean over all classes with objects; {@link PrecisionRecall#UNDEFINED} without any. */
  public double mean(PrecisionRecall curves) {
    return mean(curves, IntStream.range(0, curves.classes()));
  }

  /** The figure of one class; {@link PrecisionRecall#UNDEFINED} without objects. */
  public double of(PrecisionRecall curves, int label) {
    return mean(curves, IntStream.of(label));
  }

  private double mean(PrecisionRecall curves, IntStream labels) {
    return labels
        .mapToObj(label -> values(curves, label))
        .flatMapToDouble(values -> values)
        .filter(value -> value > PrecisionRecall.UNDEFINED)
        .average()
        .orElse(PrecisionRecall.UNDEFINED);
  }

  /** Of a class: its recall at each threshold, or its precision at each threshold and recall. */
  private DoubleStream values(PrecisionRecall curves, int label) {
    IntStream at = IntStream.range(thresholds.from, thresholds.to);
    if (kind == Kind.RECALL) {
      return at.mapToDouble(t -> curves.recall(t, label, range, limit));
    }
    return at.boxed()
        .flatMapToDouble(
            t ->
                IntStream.range(0, CocoGrid.RECALLS)
                    .mapToDouble(r -> curves.precision(t, r, label, range, limit)));
  }

  /** Its name, then the IoU, the objects and the detections of an image that it is of. */
  List<String> setting() {
    int most = CocoGrid.limit(limit);
    return List.of(
        label,
        thresholds.text,
        range.label(),
        most == 1 ? "best of each class" : most + " best of each class");
  }

  /** The line of pycocotools' summary. */
  public String line(double value) {
    return Text.format(
        " %-18s %s @[ IoU=%-9s | area=%6s | maxDets=%3d ] = %.3f",
        kind.title, kind.brief, thresholds.text, range.label(), CocoGrid.limit(limit), value);
  }
}
