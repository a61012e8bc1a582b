package io.spikeformer.eval;

import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.EnergyUnit;
import io.spikeformer.eval.energy.FiringChart;
import io.spikeformer.eval.energy.StageChart;
import io.spikeformer.eval.page.BarChart;
import io.spikeformer.eval.page.BarChart.Row;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.Numbers;
import io.spikeformer.eval.page.ReportPage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * An evaluation as one HTML page: no scripts, nothing loaded from elsewhere, light and dark.
 *
 * <p>Charts are SVG in the page, so that they stay sharp, can be searched and printed, and show the
 * exact number of each bar and cell as a tooltip.
 */
public final class HtmlReport {
  private static final int EXTREMES = 12;
  private static final int CONFUSIONS = 12;
  private static final int FEW_CLASSES = 12;
  private static final double HALF = 510;
  private static final double THIRD = 330;

  private final EvaluationResult result;
  private final EnergyUnit unit;
  private final Markup page = new Markup();
  private final ReportTables tables;

  private HtmlReport(EvaluationResult result) {
    this.result = result;
    this.unit = EnergyUnit.of(result.fused().millijoules());
    this.tables = new ReportTables(page, result);
  }

  /** The page as text in UTF-8. */
  public static String render(EvaluationResult result) {
    return new HtmlReport(result).render();
  }

  private String render() {
    String title =
        "Evaluation of " + result.config().name() + ", T = " + result.config().timesteps();
    ReportPage.open(page, title);
    heading(title);
    tiles();
    confidence();
    classes();
    confusion();
    firing();
    energy();
    tables.configuration();
    ReportPage.close(page);
    return page.toString();
  }

  private void heading(String title) {
    EvaluationSource source = result.source();
    page.open("header");
    page.element("h1", title);
    page.element(
        "p",
        "%s samples of %s at %s x %s pixels; weights from %s"
            .formatted(
                Numbers.count(result.samples()),
                source.data(),
                source.height(),
                source.width(),
                source.model()),
        "class",
        "lead");
    page.close();
    if (!result.notes().isEmpty()) {
      page.open("ul", "class", "notes");
      result.notes().forEach(note -> page.element("li", note));
      page.close();
    }
  }

  private void tiles() {
    page.open("section", "class", "tiles", "aria-label", "Headline figures");
    tile(
        "Top-1 accuracy",
        Numbers.percent(result.accuracy()),
        "%s of %s".formatted(Numbers.count(result.topOne()), Numbers.count(result.samples())));
    tile(
        "Top-5 accuracy",
        Numbers.percent(result.topFiveAccuracy()),
        "%s of %s".formatted(Numbers.count(result.topFive()), Numbers.count(result.samples())));
    tile(
        "Calibration error",
        Numbers.percent(result.calibrationError()),
        "mean distance of confidence and accuracy");
    tile("Loss", Numbers.decimals(result.loss(), 4), "mean cross-entropy per sample");
    tile("Firing rate", Numbers.percent(result.firingRate()), "spikes per neuron and timestep");
    energyTile("Energy, fused", result.fused());
    energyTile("Energy, as executed", result.asExecuted());
    page.close();
  }

  private void energyTile(String label, EnergyAccount account) {
    String ratio = Numbers.decimals(account.annMillijoules() / account.millijoules(), 1);
    tile(
        label, unit.print(account.millijoules()), "per image; an ANN: " + ratio + " times as much");
  }

  private void tile(String label, String value, String note) {
    page.open("div", "class", "tile");
    page.element("p", label, "class", "tile-label");
    page.element("p", value, "class", "tile-value");
    page.element("p", note, "class", "tile-note");
    page.close();
  }

  private void confidence() {
    section(
        "Timesteps and confidence",
        "What the network would answer if it stopped after so many timesteps; and how often it is"
            + " right (filled) where it is so sure (outlined), sure being the softmax probability of"
            + " its best class. Beside each bar: of how many samples.");
    page.open("div", "class", "columns");
    bars("Top-1 accuracy after each timestep", timestepRows(result));
    List<Row> rows = new ArrayList<>();
    for (CalibrationBin bin : result.calibration()) {
      String range = Numbers.percent(bin.from(), 0) + " to " + Numbers.percent(bin.to(), 0);
      String tooltip =
          "confidence %s: %s samples, %s right, mean confidence %s"
              .formatted(
                  range,
                  Numbers.count(bin.samples()),
                  Numbers.percent(bin.accuracy()),
                  Numbers.percent(bin.confidence()));
      String text = share(bin.accuracy(), bin.samples());
      rows.add(new Row(range, bin.accuracy(), bin.confidence(), text, tooltip));
    }
    bars("Accuracy by confidence", rows);
    page.close().close();
  }

  /** A row for the accuracy after each number of timesteps. */
  static List<Row> timestepRows(EvaluationResult result) {
    List<Row> rows = new ArrayList<>();
    for (int t = 0; t < result.topOneByTimestep().size(); t++) {
      double accuracy = result.accuracyByTimestep().get(t);
      String tooltip =
          "after timestep %s: %s of %s samples right"
              .formatted(
                  t + 1,
                  Numbers.count(result.topOneByTimestep().get(t)),
                  Numbers.count(result.samples()));
      String text = share(accuracy, result.samples());
      rows.add(new Row("t = " + (t + 1), accuracy, Double.NaN, text, tooltip));
    }
    return rows;
  }

  /** A share and what it is a share of: "97.50 % of 40". */
  static String share(double share, long samples) {
    return samples == 0 ? "none" : Numbers.percent(share) + " of " + Numbers.count(samples);
  }

  private void bars(String caption, List<Row> rows) {
    page.open("figure").element("figcaption", caption);
    BarChart.draw(page, caption, rows, 1, HALF);
    page.close();
  }

  private void classes() {
    section(
        "Accuracy by class",
        "Filled: top-1. Outlined: top-5. Beside each bar: of how many samples.");
    List<ClassResult> classes = result.classes();
    if (classes.size() <= FEW_CLASSES) {
      page.open("div", "class", "columns");
      figure("Accuracy", classes, HALF);
      precision(classes);
    } else if (classes.size() <= ConfusionChart.MOST_CLASSES) {
      int half = (classes.size() + 1) / 2;
      page.open("div", "class", "columns");
      figure("Accuracy", classes.subList(0, half), HALF);
      figure("Accuracy, continued", classes.subList(half, classes.size()), HALF);
    } else {
      page.open("div", "class", "thirds");
      extremes(classes);
    }
    page.close().close();
  }

  private void extremes(List<ClassResult> classes) {
    Comparator<ClassResult> worstFirst = Comparator.comparingDouble(ClassResult::accuracy);
    List<ClassResult> tested = classes.stream().filter(c -> c.samples() > 0).toList();
    figure(
        "Least accurate classes",
        tested.stream().sorted(worstFirst).limit(EXTREMES).toList(),
        THIRD);
    figure(
        "Most accurate classes",
        tested.stream().sorted(worstFirst.reversed()).limit(EXTREMES).toList(),
        THIRD);
    histogram(tested);
  }

  private void figure(String caption, List<ClassResult> classes, double width) {
    page.open("figure").element("figcaption", caption);
    BarChart.draw(page, caption, classes.stream().map(HtmlReport::classRow).toList(), 1, width);
    page.close();
  }

  private void precision(List<ClassResult> classes) {
    List<Row> rows = new ArrayList<>();
    for (ClassResult c : classes) {
      String tooltip =
          "%s: %s of %s predictions are right"
              .formatted(c.name(), Numbers.count(c.topOne()), Numbers.count(c.predicted()));
      String text = share(c.precision(), c.predicted());
      rows.add(new Row(c.name(), c.precision(), Double.NaN, text, tooltip));
    }
    page.open("figure").element("figcaption", "Precision: predictions of a class that are right");
    BarChart.draw(page, "Precision by class", rows, 1, HALF);
    page.close();
  }

  private static Row classRow(ClassResult result) {
    String tooltip =
        "%s: top-1 %s, top-5 %s, precision %s, %s samples"
            .formatted(
                result.name(),
                Numbers.percent(result.accuracy()),
                Numbers.percent(result.topFiveAccuracy()),
                Numbers.percent(result.precision()),
                Numbers.count(result.samples()));
    return new Row(
        result.name(),
        result.accuracy(),
        result.topFiveAccuracy(),
        share(result.accuracy(), result.samples()),
        tooltip);
  }

  private void histogram(List<ClassResult> classes) {
    int[] bins = new int[10];
    for (ClassResult c : classes) {
      bins[Math.min(9, (int) (10 * c.accuracy()))]++;
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 9; i >= 0; i--) {
      String range = 10 * i + " to " + 10 * (i + 1) + " %";
      String tooltip = bins[i] + " classes with a top-1 accuracy of " + range;
      rows.add(new Row(range, bins[i], Double.NaN, "" + bins[i], tooltip));
    }
    String caption = "Number of classes by top-1 accuracy";
    page.open("figure").element("figcaption", caption);
    BarChart.draw(page, caption, rows, Arrays.stream(bins).max().orElse(0), THIRD);
    page.close();
  }

  private void confusion() {
    ConfusionChart chart = new ConfusionChart(result.classes(), result.confusion());
    section(
        "Confusion",
        "A row holds the samples of a class, a column what they were taken for. Colour is the share"
            + " of the row, on a square-root scale.");
    page.open("div", "class", chart.wide() ? "stacked" : "columns");
    chart.draw(page);
    tables.confusions(chart.mostConfused(CONFUSIONS));
    page.close().close();
  }

  private void firing() {
    section(
        "Firing rates",
        "Spikes per neuron at each timestep, by the layer that the neurons feed. Colour is on a"
            + " square-root scale; hover a cell for its counts. Silent layers have an outline.");
    page.open("div", "class", "wide");
    FiringChart.draw(page, result.firing());
    page.close().close();
  }

  private void energy() {
    EnergyConstants constants = result.fused().constants();
    section(
        "Energy per image",
        ("Firing rate x operations x %s pJ where spikes drive a layer, %s pJ per operation where the"
                + " input is real-valued. The ANN equivalent runs the same layers once with real-valued"
                + " activations. The two conventions count different operations and do not compare.")
            .formatted(constants.acPicojoules(), constants.macPicojoules()));
    page.open("div", "class", "columns");
    convention(
        result.fused(),
        "Fused",
        "Linear chains as one dense convolution: the published convention.");
    convention(
        result.asExecuted(), "As executed", "Depthwise and pointwise convolutions counted apart.");
    page.close().close();
  }

  private void convention(EnergyAccount account, String name, String note) {
    page.open("div", "class", "panel");
    page.element("h3", name).element("p", note, "class", "note");
    StageChart.draw(page, account, unit);
    Map<String, Double> ann = account.annMillijoulesPerBlock();
    List<Row> rows = new ArrayList<>();
    for (Map.Entry<String, Double> block : account.millijoulesPerBlock().entrySet()) {
      double equivalent = ann.get(block.getKey());
      String tooltip =
          "%s: %s, ANN equivalent %s"
              .formatted(block.getKey(), unit.print(block.getValue()), unit.print(equivalent));
      rows.add(
          new Row(
              block.getKey(), block.getValue(), equivalent, unit.print(block.getValue()), tooltip));
    }
    double longest =
        rows.stream().mapToDouble(r -> Math.max(r.value(), r.compared())).max().orElse(0);
    page.element("h4", "By block; outlined: ANN equivalent");
    BarChart.draw(page, "Energy by block, " + account.convention().label(), rows, longest, HALF);
    tables.energy(account);
    page.close();
  }

  private void section(String title, String note) {
    ReportPage.section(page, title, note);
  }
}
