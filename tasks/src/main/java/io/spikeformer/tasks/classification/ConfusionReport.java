package io.spikeformer.tasks.classification;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.tasks.report.Matrix;
import io.spikeformer.tasks.report.Matrix.Cell;
import io.spikeformer.tasks.report.Section;
import io.spikeformer.tasks.report.Section.Layout;
import io.spikeformer.tasks.report.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The confusion matrix: rows are the classes of the samples, columns what they were taken for. With
 * many classes, neighbouring ones share a cell.
 */
final class ConfusionReport {
  private static final int CONFUSIONS = 12;
  private static final int MOST_BESIDE_A_TABLE = 14;
  private static final Matrix.Legend LEGEND =
      new Matrix.Legend("right, share of the row", "taken for another");
  private static final int GROUPS = ClassificationReport.MOST_CLASSES;

  private final List<ClassResult> classes;
  private final List<Confusion> cells;

  ConfusionReport(ClassificationResult result) {
    this.classes = result.classes();
    this.cells = result.confusion();
  }

  Section section() {
    boolean wide = classes.size() > MOST_BESIDE_A_TABLE && classes.size() <= GROUPS;
    return new Section(
        "Confusion",
        "A row holds the samples of a class, a column what they were taken for. Colour is the share"
            + " of the row, on a square-root scale.",
        wide ? Layout.STACKED : Layout.COLUMNS,
        List.of(classes.size() <= GROUPS ? ofClasses() : ofGroups(), mostConfused()));
  }

  private Matrix ofClasses() {
    List<Cell> drawn = new ArrayList<>();
    for (Confusion cell : cells) {
      ClassResult actual = classes.get(cell.actual());
      double share = (double) cell.samples() / actual.samples();
      String tooltip =
          Text.format(
              "%s taken for %s: %s of %s (%s)",
              actual.name(),
              classes.get(cell.predicted()).name(),
              Numbers.count(cell.samples()),
              Numbers.count(actual.samples()),
              Numbers.percent(share));
      drawn.add(
          new Cell(cell.actual(), cell.predicted(), share, Numbers.count(cell.samples()), tooltip));
    }
    List<String> names = classes.stream().map(ClassResult::name).toList();
    return new Matrix("Confusion matrix", classes.size(), names, "", LEGEND, drawn);
  }

  private Matrix ofGroups() {
    double[][] shares = new double[GROUPS][GROUPS];
    int[] sizes = new int[GROUPS];
    for (int c = 0; c < classes.size(); c++) {
      sizes[group(c)] += classes.get(c).samples() > 0 ? 1 : 0;
    }
    for (Confusion cell : cells) {
      shares[group(cell.actual())][group(cell.predicted())] +=
          (double) cell.samples() / classes.get(cell.actual()).samples();
    }
    List<Cell> drawn = new ArrayList<>();
    for (int row = 0; row < GROUPS; row++) {
      for (int column = 0; column < GROUPS; column++) {
        double share = shares[row][column] / sizes[row];
        if (share > 0) {
          String tooltip =
              Text.format("%s taken for %s: %s", range(row), range(column), Numbers.percent(share));
          drawn.add(new Cell(row, column, share, "", tooltip));
        }
      }
    }
    return new Matrix(
        "Confusion matrix, " + classes.size() + " classes in " + GROUPS + " groups",
        GROUPS,
        List.of(),
        "taken for class 1 to " + classes.size() + " →",
        LEGEND,
        drawn);
  }

  private int group(int index) {
    return (int) ((long) index * GROUPS / classes.size());
  }

  private String range(int group) {
    int first = (group * classes.size() + GROUPS - 1) / GROUPS;
    int last = ((group + 1) * classes.size() + GROUPS - 1) / GROUPS - 1;
    return "classes " + (first + 1) + " to " + (last + 1);
  }

  private Table mostConfused() {
    List<List<String>> rows =
        cells.stream()
            .filter(cell -> cell.actual() != cell.predicted())
            .sorted(Comparator.comparingLong(Confusion::samples).reversed())
            .limit(CONFUSIONS)
            .map(this::row)
            .toList();
    return new Table(
        "Most frequent confusions",
        2,
        List.of("Class", "taken for", "samples", "share of the class"),
        rows);
  }

  private List<String> row(Confusion cell) {
    ClassResult actual = classes.get(cell.actual());
    return List.of(
        actual.name(),
        classes.get(cell.predicted()).name(),
        Numbers.count(cell.samples()),
        Numbers.percent((double) cell.samples() / actual.samples()));
  }
}
