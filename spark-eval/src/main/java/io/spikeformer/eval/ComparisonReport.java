package io.spikeformer.eval;

import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyUnit;
import io.spikeformer.eval.page.BarChart;
import io.spikeformer.eval.page.BarChart.Row;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.Numbers;
import io.spikeformer.eval.page.ReportPage;
import io.spikeformer.eval.page.ScatterChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Several evaluations side by side as one HTML page: headline figures, accuracy after each
 * timestep, energy and firing rate by block, and the classes in which they differ most.
 *
 * <p>Like {@link HtmlReport} it has no scripts and loads nothing from elsewhere.
 */
public final class ComparisonReport {
  private static final int CLASSES = 12;
  private static final double HALF = 510;

  private final List<Run> runs;
  private final EnergyUnit unit;
  private final Markup page = new Markup();

  /**
   * An evaluation and what it is called on the page.
   *
   * @param name for example the folder that it lies in
   * @param result the evaluation
   */
  public record Run(String name, EvaluationResult result) {}

  private ComparisonReport(List<Run> runs) {
    this.runs = runs;
    this.unit =
        EnergyUnit.of(
            runs.stream().mapToDouble(run -> run.result().fused().millijoules()).max().orElse(0));
  }

  /**
   * The page as text in UTF-8.
   *
   * @param runs at least one
   */
  public static String render(List<Run> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("comparison: expected evaluations, found none");
    }
    return new ComparisonReport(List.copyOf(runs)).render();
  }

  private String render() {
    String title =
        "Comparison of " + runs.size() + (runs.size() == 1 ? " evaluation" : " evaluations");
    ReportPage.open(page, title);
    page.open("header").element("h1", title);
    page.element("p", data(), "class", "lead").close();
    notes();
    table();
    section("Accuracy", "Filled: top-1. Outlined: top-5. Beside each bar: of how many samples.");
    bars("Accuracy", this::accuracyRow, 1);
    page.close();
    tradeOff();
    timesteps();
    section(
        "Energy per image",
        "Filled: the spiking network. Outlined: the same layers of a network of real-valued"
            + " activations, once. The two conventions count different operations and do not compare.");
    page.open("div", "class", "columns");
    energy("Fused, the published convention", EvaluationResult::fused);
    energy("As executed", EvaluationResult::asExecuted);
    page.close().close();
    section("Firing rate", "Spikes per neuron and timestep over all layers.");
    double highest = runs.stream().mapToDouble(run -> run.result().firingRate()).max().orElse(1);
    bars("Firing rate", this::firingRow, highest);
    page.close();
    if (sameClasses()) {
      differences();
    }
    ReportPage.close(page);
    return page.toString();
  }

  private String data() {
    List<String> names = runs.stream().map(run -> run.result().source().data()).distinct().toList();
    if (sameData()) {
      return "On " + names.get(0);
    }
    return names.size() == 1
        ? "On different data that lay at " + names.get(0)
        : "On different data: " + String.join(", ", names);
  }

  private boolean sameData() {
    List<EvaluationSource> sources = runs.stream().map(run -> run.result().source()).toList();
    return sources.stream().allMatch(one -> sources.stream().allMatch(one::sameData));
  }

  private void notes() {
    List<String> notes = new ArrayList<>();
    if (!sameData()) {
      notes.add("The evaluations are on different data: accuracies do not compare.");
    }
    if (runs.stream().map(run -> run.result().fused().constants()).distinct().count() > 1) {
      notes.add("The energy constants differ: energies do not compare.");
    }
    for (Run run : runs) {
      run.result().notes().forEach(note -> notes.add(run.name() + ": " + note));
    }
    if (!notes.isEmpty()) {
      page.open("ul", "class", "notes");
      notes.forEach(note -> page.element("li", note));
      page.close();
    }
  }

  private void table() {
    section("Figures", "Energies of one image; ECE is the expected calibration error.");
    page.open("table").open("thead").open("tr");
    List<String> heading =
        List.of(
            "Evaluation",
            "T",
            "samples",
            "top-1",
            "top-5",
            "loss",
            "ECE",
            "rate",
            "fused",
            "as executed");
    for (int i = 0; i < heading.size(); i++) {
      page.element("th", heading.get(i), "scope", "col", "class", i == 0 ? "words" : "number");
    }
    page.close().close().open("tbody");
    for (Run run : runs) {
      EvaluationResult result = run.result();
      page.open("tr").element("td", run.name(), "class", "words");
      cell("" + result.config().timesteps());
      cell(Numbers.count(result.samples()));
      cell(Numbers.percent(result.accuracy()));
      cell(Numbers.percent(result.topFiveAccuracy()));
      cell(Numbers.decimals(result.loss(), 4));
      cell(Numbers.percent(result.calibrationError()));
      cell(Numbers.decimals(result.firingRate(), 4));
      cell(unit.print(result.fused().millijoules()));
      cell(unit.print(result.asExecuted().millijoules()));
      page.close();
    }
    page.close().close().close();
  }

  private void cell(String text) {
    page.element("td", text, "class", "number");
  }

  private void tradeOff() {
    section(
        "Accuracy against energy",
        "Top-1 accuracy and the energy of one image: higher and further left is better. The two"
            + " conventions count different operations and do not compare.");
    page.open("div", "class", "columns");
    tradeOff("Fused, the published convention", EvaluationResult::fused);
    tradeOff("As executed", EvaluationResult::asExecuted);
    page.close().close();
  }

  private void tradeOff(String caption, Function<EvaluationResult, EnergyAccount> account) {
    List<ScatterChart.Point> points = new ArrayList<>();
    for (Run run : runs) {
      double millijoules = account.apply(run.result()).millijoules();
      String tooltip =
          run.name()
              + ": "
              + HtmlReport.share(run.result().accuracy(), run.result().samples())
              + ", "
              + unit.print(millijoules);
      points.add(
          new ScatterChart.Point(
              run.name(), unit.in(millijoules), 100 * run.result().accuracy(), tooltip));
    }
    page.open("figure").element("figcaption", caption);
    new ScatterChart(
            new ScatterChart.Dimension("energy per image, " + unit.symbol(), Numbers::plain),
            new ScatterChart.Dimension("top-1 accuracy, %", Numbers::plain))
        .draw(page, "Accuracy against energy: " + caption, points);
    page.close();
  }

  private void timesteps() {
    section(
        "Accuracy after each timestep", "What each network would answer if it stopped so early.");
    page.open("div", "class", "columns");
    for (Run run : runs) {
      page.open("figure").element("figcaption", run.name());
      BarChart.draw(page, run.name(), HtmlReport.timestepRows(run.result()), 1, HALF);
      page.close();
    }
    page.close().close();
  }

  private Row accuracyRow(Run run) {
    EvaluationResult result = run.result();
    String tooltip =
        "%s: top-1 %s, top-5 %s"
            .formatted(
                run.name(),
                Numbers.percent(result.accuracy()),
                Numbers.percent(result.topFiveAccuracy()));
    return new Row(
        run.name(),
        result.accuracy(),
        result.topFiveAccuracy(),
        HtmlReport.share(result.accuracy(), result.samples()),
        tooltip);
  }

  private Row firingRow(Run run) {
    double rate = run.result().firingRate();
    return new Row(
        run.name(), rate, Double.NaN, Numbers.decimals(rate, 4), run.name() + ": " + rate);
  }

  private void energy(String caption, Function<EvaluationResult, EnergyAccount> account) {
    ToDoubleFunction<Run> longer =
        run ->
            Math.max(
                account.apply(run.result()).millijoules(),
                account.apply(run.result()).annMillijoules());
    page.open("div", "class", "panel");
    page.element("h3", caption);
    bars(
        caption,
        run -> {
          EnergyAccount energy = account.apply(run.result());
          String spiking = unit.print(energy.millijoules());
          String tooltip =
              "%s: %s, ANN equivalent %s"
                  .formatted(run.name(), spiking, unit.print(energy.annMillijoules()));
          return new Row(
              run.name(), energy.millijoules(), energy.annMillijoules(), spiking, tooltip);
        },
        runs.stream().mapToDouble(longer).max().orElse(0));
    page.close();
  }

  private void bars(String title, Function<Run, Row> row, double longest) {
    BarChart.draw(page, title, runs.stream().map(row).toList(), longest, HALF);
  }

  private boolean sameClasses() {
    return runs.size() > 1
        && runs.stream()
                .map(run -> run.result().classes().stream().map(ClassResult::name).toList())
                .distinct()
                .count()
            == 1;
  }

  private void differences() {
    section(
        "Classes that differ most",
        "Top-1 accuracy of the classes with the largest difference between the evaluations.");
    page.open("table").open("thead").open("tr");
    page.element("th", "Class", "scope", "col", "class", "words");
    runs.forEach(run -> page.element("th", run.name(), "scope", "col", "class", "number"));
    page.element("th", "difference", "scope", "col", "class", "number");
    page.close().close().open("tbody");
    IntStream.range(0, runs.get(0).result().classes().size())
        .boxed()
        .filter(c -> !Double.isNaN(spread(c)))
        .sorted(Comparator.comparingDouble((Integer c) -> -spread(c)).thenComparing(c -> c))
        .limit(CLASSES)
        .forEach(this::difference);
    page.close().close().close();
  }

  private void difference(int label) {
    page.open("tr");
    page.element("td", runs.get(0).result().classes().get(label).name(), "class", "words");
    runs.forEach(run -> cell(Numbers.percent(run.result().classes().get(label).accuracy())));
    cell(Numbers.decimals(100 * spread(label), 2) + " points");
    page.close();
  }

  private double spread(int label) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (Run run : runs) {
      double accuracy = run.result().classes().get(label).accuracy();
      least = Math.min(least, accuracy);
      most = Math.max(most, accuracy);
    }
    return most - least;
  }

  private void section(String title, String note) {
    ReportPage.section(page, title, note);
  }
}
