package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Bars.Row;
import io.spikeformer.tasks.report.Matrix;
import io.spikeformer.tasks.report.Matrix.Cell;
import io.spikeformer.tasks.report.Panel;
import io.spikeformer.tasks.report.Section;
import io.spikeformer.tasks.report.Section.Layout;
import io.spikeformer.tasks.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The sections of a report on label maps: classes, confusion, examples. */
final class SegmentationReport {
  /** The most classes that have a bar of their own. */
  private static final int MOST_CLASSES = 40;

  private static final int EXTREMES = 12;
  private static final int CONFUSIONS = 12;
  private static final Matrix.Legend LEGEND =
      new Matrix.Legend("right, share of the row", "taken for another");

  private final SegmentationResult result;
  private final List<ClassPixels> classes;
  private final long pixels;

  SegmentationReport(SegmentationResult result) {
    this.result = result;
    this.classes = result.classes();
    this.pixels = result.pixels();
  }

  /** A cell beside the diagonal. */
  private record Confused(int actual, int predicted, long pixels) {}

  List<Section> sections() {
    List<Section> sections = new ArrayList<>(List.of(classesSection(), confusion()));
    if (!result.examples().isEmpty()) {
      sections.add(examples());
    }
    return sections;
  }

  private Section classesSection() {
    boolean few = classes.size() <= MOST_CLASSES;
    return new Section(
        "Intersection over union by class",
        "Filled: intersection over union (IoU). Outlined: accuracy, the share of the class's pixels"
            + " that are right.",
        few ? Layout.COLUMNS : Layout.THIRDS,
        few ? List.of(bars("IoU", classes), table("Classes", classes)) : extremes());
  }

  private List<Panel> extremes() {
    Comparator<ClassPixels> worstFirst = Comparator.comparingDouble(ClassPixels::iou);
    List<ClassPixels> known = classes.stream().filter(c -> !Double.isNaN(c.iou())).toList();
    return List.of(
        bars("Classes of the lowest IoU", first(known, worstFirst)),
        bars("Classes of the highest IoU", first(known, worstFirst.reversed())),
        table(
            "Classes of the most pixels",
            first(known, Comparator.comparingLong(ClassPixels::labelled).reversed())));
  }

  private static List<ClassPixels> first(List<ClassPixels> all, Comparator<ClassPixels> order) {
    return all.stream().sorted(order).limit(EXTREMES).toList();
  }

  private static Bars bars(String caption, List<ClassPixels> shown) {
    List<Row> rows = new ArrayList<>();
    for (ClassPixels c : shown) {
      String tooltip =
          Text.format(
              "%s: IoU %s, accuracy %s, %s pixels, %s taken for it",
              c.name(),
              Numbers.percent(c.iou()),
              Numbers.percent(c.accuracy()),
              Numbers.count(c.labelled()),
              Numbers.count(c.predicted()));
      rows.add(new Row(c.name(), c.iou(), c.accuracy(), Numbers.percent(c.iou()), tooltip));
    }
    return new Bars(caption, rows, 1);
  }

  private Table table(String caption, List<ClassPixels> shown) {
    List<List<String>> rows =
        shown.stream()
            .map(
                c ->
                    List.of(
                        c.name(),
                        Numbers.percent(c.iou()),
                        Numbers.percent(c.accuracy()),
                        Numbers.percent((double) c.labelled() / pixels)))
            .toList();
    return new Table(caption, 1, List.of("Class", "IoU", "accuracy", "share of pixels"), rows);
  }

  private Section confusion() {
    List<Panel> panels = new ArrayList<>();
    if (classes.size() <= MOST_CLASSES) {
      panels.add(matrix());
    }
    panels.add(mostConfused());
    return new Section(
        "Confusion",
        "Pixels of a class that were taken for another. Colour is the share of the row, on a"
            + " square-root scale.",
        Layout.COLUMNS,
        panels);
  }

  private Matrix matrix() {
    List<Cell> cells = new ArrayList<>();
    for (int row = 0; row < classes.size(); row++) {
      for (int column = 0; column < classes.size(); column++) {
        long count = result.confusion().get(row).get(column);
        if (count > 0) {
          double share = (double) count / classes.get(row).labelled();
          String tooltip =
              Text.format(
                  "%s taken for %s: %s pixels (%s)",
                  classes.get(row).name(),
                  classes.get(column).name(),
                  Numbers.count(count),
                  Numbers.percent(share));
          cells.add(new Cell(row, column, share, Numbers.percent(share, 0), tooltip));
        }
      }
    }
    return new Matrix("Confusion matrix", classes.size(), result.classNames(), "", LEGEND, cells);
  }

  private Table mostConfused() {
    List<Confused> pairs = new ArrayList<>();
    for (int row = 0; row < classes.size(); row++) {
      for (int column = 0; column < classes.size(); column++) {
        long count = result.confusion().get(row).get(column);
        if (row != column && count > 0) {
          pairs.add(new Confused(row, column, count));
        }
      }
    }
    List<List<String>> rows =
        pairs.stream()
            .sorted(Comparator.comparingLong(Confused::pixels).reversed())
            .limit(CONFUSIONS)
            .map(this::row)
            .toList();
    return new Table(
        "Most frequent confusions",
        2,
        List.of("Class", "taken for", "pixels", "share of the class"),
        rows);
  }

  private List<String> row(Confused pair) {
    ClassPixels actual = classes.get(pair.actual());
    return List.of(
        actual.name(),
        classes.get(pair.predicted()).name(),
        Numbers.count(pair.pixels()),
        Numbers.percent((double) pair.pixels() / actual.labelled()));
  }

  private Section examples() {
    return new Section(
        "Examples",
        "Samples drawn by a hash of their keys, so that every evaluation of the data shows the same"
            + " ones.",
        Layout.STACKED,
        List.of(ExamplePictures.of(result.examples(), result.classNames())));
  }
}
