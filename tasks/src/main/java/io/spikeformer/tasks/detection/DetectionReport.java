package io.spikeformer.tasks.detection;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.tasks.detection.DetectionResult.OfClass;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Bars.Row;
import io.spikeformer.tasks.report.Curves;
import io.spikeformer.tasks.report.Curves.Curve;
import io.spikeformer.tasks.report.Panel;
import io.spikeformer.tasks.report.Section;
import io.spikeformer.tasks.report.Section.Layout;
import io.spikeformer.tasks.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The sections of a report on detections: figures, curves, classes, samples. */
final class DetectionReport {
  /** The most classes that have a bar of their own. */
  private static final int MOST_CLASSES = 40;

  private static final int EXTREMES = 12;
  private static final List<DetectionFigure> OF_CLASSES =
      List.of(DetectionFigure.AP, DetectionFigure.AP50, DetectionFigure.AR100);

  private final DetectionOutcome outcome;
  private final DetectionResult boxes;

  DetectionReport(DetectionOutcome outcome) {
    this.outcome = outcome;
    this.boxes = outcome.boxes();
  }

  List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    sections.add(
        new Section(
            "Average precision and recall",
            "As pycocotools computes them. AP is the area below precision against recall, AR the"
                + " share of objects that are found. Both are means over IoU 0.50 to 0.95, where no"
                + " other is given, and over the classes.",
            Layout.STACKED,
            List.of(figures())));
    if (!boxes.curves().isEmpty()) {
      sections.add(curves());
    }
    sections.add(classes());
    samples(
        sections,
        "Worst images",
        "The images with the most faults: objects that were missed, and wrong detections.",
        outcome.worst());
    samples(
        sections,
        "Examples",
        "Images that were chosen by a hash of their names.",
        outcome.examples());
    return sections;
  }

  private Table figures() {
    List<String> heading = new ArrayList<>(List.of("Figure", "IoU", "Objects", "Detections"));
    heading.add("boxes");
    outcome.masks().ifPresent(masks -> heading.add("masks"));
    List<List<String>> rows = new ArrayList<>();
    for (DetectionFigure figure : DetectionFigure.values()) {
      List<String> row = new ArrayList<>(figure.setting());
      row.add(text(boxes.figures().get(figure)));
      outcome.masks().ifPresent(masks -> row.add(text(masks.figures().get(figure))));
      rows.add(row);
    }
    return new Table("COCO's twelve figures", 4, heading, rows);
  }

  private Section curves() {
    List<Panel> panels = new ArrayList<>();
    panels.add(curves("Boxes", boxes));
    outcome.masks().ifPresent(masks -> panels.add(curves("Masks", masks)));
    return new Section(
        "Precision against recall",
        "Mean over the classes with objects, for an IoU of at least 0.50, of at least 0.75, and as"
            + " the mean over 0.50 to 0.95. Precision is the highest at this recall or a higher one.",
        Layout.COLUMNS,
        panels);
  }

  private static Curves curves(String caption, DetectionResult result) {
    List<Curve> curves = new ArrayList<>();
    for (Map.Entry<String, List<Double>> curve : result.curves().entrySet()) {
      curves.add(new Curve("IoU " + curve.getKey(), curve.getValue()));
    }
    return new Curves(caption, "recall", "precision", curves);
  }

  private Section classes() {
    List<OfClass> all = boxes.classes();
    boolean few = all.size() <= MOST_CLASSES;
    return new Section(
        "Average precision by class",
        "Of boxes. Filled: AP. Outlined: AP50.",
        few ? Layout.COLUMNS : Layout.THIRDS,
        few ? List.of(bars("AP", all), table("Classes", OF_CLASSES, all)) : extremes(all));
  }

  private List<Panel> extremes(List<OfClass> all) {
    Comparator<OfClass> worstFirst = Comparator.comparingDouble(one -> ap(one));
    List<OfClass> known = all.stream().filter(one -> one.objects() > 0).toList();
    return List.of(
        bars("Classes of the lowest AP", first(known, worstFirst)),
        bars("Classes of the highest AP", first(known, worstFirst.reversed())),
        table(
            "Classes of the most objects",
            List.of(DetectionFigure.AP),
            first(known, Comparator.comparingLong(OfClass::objects).reversed())));
  }

  private static List<OfClass> first(List<OfClass> all, Comparator<OfClass> order) {
    return all.stream().sorted(order).limit(EXTREMES).toList();
  }

  private static double ap(OfClass one) {
    return DetectionOutcome.defined(one.figures().get(DetectionFigure.AP));
  }

  private static Bars bars(String caption, List<OfClass> shown) {
    List<Row> rows = new ArrayList<>();
    for (OfClass one : shown) {
      double half = DetectionOutcome.defined(one.figures().get(DetectionFigure.AP50));
      String tooltip =
          Text.format(
              "%s: AP %s, AP50 %s of %s objects",
              one.name(),
              Numbers.percent(ap(one)),
              Numbers.percent(half),
              Numbers.count(one.objects()));
      rows.add(new Row(one.name(), ap(one), half, Numbers.percent(ap(one)), tooltip));
    }
    return new Bars(caption, rows, 1);
  }

  private Table table(String caption, List<DetectionFigure> figures, List<OfClass> shown) {
    List<String> heading = new ArrayList<>(List.of("Class", "objects"));
    figures.stream().map(DetectionFigure::label).forEach(heading::add);
    outcome.masks().ifPresent(masks -> heading.add("mask AP"));
    List<List<String>> rows = new ArrayList<>();
    for (OfClass one : shown) {
      List<String> row = new ArrayList<>(List.of(one.name(), Numbers.count(one.objects())));
      for (DetectionFigure figure : figures) {
        row.add(text(one.figures().get(figure)));
      }
      int label = boxes.classes().indexOf(one);
      outcome
          .masks()
          .map(masks -> masks.classes().get(label).figures().get(DetectionFigure.AP))
          .ifPresent(value -> row.add(text(value)));
      rows.add(row);
    }
    return new Table(caption, 1, heading, rows);
  }

  private static String text(double value) {
    return value == PrecisionRecall.UNDEFINED ? "-" : Numbers.percent(value);
  }

  private void samples(
      List<Section> sections, String title, String which, List<DetectionExample> shown) {
    if (shown.isEmpty()) {
      return;
    }
    String note =
        Text.format(
            "%s Detections have a score of at least %s, and are compared at IoU 0.50.",
            which, DetectionExample.LEAST_SCORE);
    List<Panel> panels = List.of(DetectionPictures.of(shown, outcome.classNames()));
    sections.add(new Section(title, note, Layout.STACKED, panels));
  }
}
