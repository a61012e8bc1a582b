package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyUnit;
import io.spikeformer.eval.page.BarChart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.ReportPage;
import io.spikeformer.eval.page.ScatterChart;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.TaskResult.Part;
import io.spikeformer.tasks.report.Bars;
import io.spikeformer.tasks.report.Bars.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Several evaluations side by side as one HTML page: headline figures, the primary one after each
 * timestep, energy and firing rate, and the classes in which they differ most.
 *
 * <p>Like {@link HtmlReport} it has no scripts and loads nothing from elsewhere.
 */
public final class ComparisonReport {
  private static final int CLASSES = 12;

  private final List<Run> runs;
  private final EnergyUnit unit;
  private final Figure primary;
  private final List<List<Part>> parts;
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
    this.primary = runs.get(0).result().primary();
    this.parts = runs.stream().map(run -> run.result().outcome().parts()).toList();
    this.unit =
        EnergyUnit.of(
            runs.stream().mapToDouble(run -> run.result().fused().millijoules()).max().orElse(0));
  }

  /**
   * The page as text in UTF-8.
   *
   * @param runs at least one
   * @throws UserException in one line if they are of several tasks
   */
  public static String render(List<Run> runs) {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("comparison: expected evaluations, found none");
    }
    String task = runs.get(0).result().task();
    for (Run run : runs) {
      if (!run.result().task().equals(task)) {
        throw new UserException(
            "comparison: expected evaluations of one task, found %s of %s and %s of %s; compare"
                + " them apart",
            task, runs.get(0).name(), run.result().task(), run.name());
      }
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
    section(primary.label(), figuresNote());
    bars(primary.label(), this::figureRow, longest());
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
      notes.add("The evaluations are on different data: figures do not compare.");
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
    section("Figures", "Energies are those of one image.");
    page.open("table");
    List<String> heading = new ArrayList<>(List.of("Evaluation", "T", "samples"));
    runs.get(0).result().outcome().figures().forEach(figure -> heading.add(figure.brief()));
    if (runs.get(0).result().loss().isPresent()) {
      heading.add("loss");
    }
    heading.addAll(List.of("rate", "fused", "as executed"));
    SectionPage cells = new SectionPage(page);
    cells.header(1, heading);
    page.open("tbody");
    for (Run run : runs) {
      EvaluationResult result = run.result();
      List<String> row = new ArrayList<>();
      row.add(run.name());
      row.add("" + result.config().timesteps());
      row.add(Numbers.count(result.samples()));
      result.outcome().figures().forEach(figure -> row.add(figure.text()));
      result.loss().ifPresent(loss -> row.add(Numbers.decimals(loss, 4)));
      row.add(Numbers.decimals(result.firingRate(), 4));
      row.add(unit.print(result.fused().millijoules()));
      row.add(unit.print(result.asExecuted().millijoules()));
      cells.row(1, row);
    }
    page.close().close().close();
  }

  private void tradeOff() {
    section(
        primary.label() + " against energy",
        Text.format(
                "%s and the energy of one image: %s and further left is better. The two"
                    + " conventions count",
                primary.label(), primary.better().label())
            + " different operations and do not compare.");
    page.open("div", "class", "columns");
    tradeOff("Fused, the published convention", EvaluationResult::fused);
    tradeOff("As executed", EvaluationResult::asExecuted);
    page.close().close();
  }

  private void tradeOff(String caption, Function<EvaluationResult, EnergyAccount> account) {
    List<ScatterChart.Point> points = new ArrayList<>();
    for (Run run : runs) {
      double millijoules = account.apply(run.result()).millijoules();
      String tooltip = run.name() + ": " + text(run) + ", " + unit.print(millijoules);
      points.add(new ScatterChart.Point(run.name(), unit.in(millijoules), scaled(run), tooltip));
    }
    page.open("figure").element("figcaption", caption);
    new ScatterChart(
            new ScatterChart.Dimension("energy per image, " + unit.symbol(), Numbers::plain),
            new ScatterChart.Dimension(primary.label() + primary.unit().axis(), Numbers::plain))
        .draw(page, primary.label() + " against energy: " + caption, points);
    page.close();
  }

  private void timesteps() {
    if (runs.stream().allMatch(run -> run.result().outcome().afterTimesteps().isEmpty())) {
      return;
    }
    section(
        primary.label() + " after each timestep",
        "The answers that each network would give if it stopped so early.");
    page.open("div", "class", "columns");
    for (Run run : runs) {
      run.result()
          .outcome()
          .afterTimesteps()
          .map(bars -> new Bars(run.name(), bars.rows(), bars.longest()))
          .ifPresent(bars -> new SectionPage(page).draw(bars, SectionPage.HALF));
    }
    page.close().close();
  }

  private String figuresNote() {
    List<Figure> shown = runs.get(0).result().outcome().comparable();
    String outlined = shown.size() > 1 ? " Outlined: " + shown.get(1).brief() + "." : "";
    String counted = primary.counted() ? " Beside each bar: of how many." : "";
    return "Filled: " + primary.brief() + "." + outlined + counted;
  }

  /** A fraction has bars up to 1, so that pages compare; another figure up to the largest. */
  private double longest() {
    return primary.unit() == Figure.Unit.FRACTION
        ? 1
        : runs.stream()
            .flatMap(run -> run.result().outcome().comparable().stream())
            .mapToDouble(Figure::value)
            .max()
            .orElse(0);
  }

  private Row figureRow(Run run) {
    List<Figure> shown = run.result().outcome().comparable();
    String tooltip =
        run.name()
            + ": "
            + shown.stream()
                .map(figure -> figure.brief() + " " + figure.text())
                .collect(Collectors.joining(", "));
    double compared = shown.size() > 1 ? shown.get(1).value() : Double.NaN;
    return new Row(run.name(), shown.get(0).value(), compared, text(run), tooltip);
  }

  private static String text(Run run) {
    Figure figure = run.result().primary();
    return figure.counted() ? Numbers.share(figure.value(), figure.denominator()) : figure.text();
  }

  private static double scaled(Run run) {
    Figure figure = run.result().primary();
    return figure.unit().scaled(figure.value());
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
              Text.format(
                  "%s: %s, ANN equivalent %s",
                  run.name(), spiking, unit.print(energy.annMillijoules()));
          return new Row(
              run.name(), energy.millijoules(), energy.annMillijoules(), spiking, tooltip);
        },
        runs.stream().mapToDouble(longer).max().orElse(0));
    page.close();
  }

  private void bars(String title, Function<Run, Row> row, double longest) {
    BarChart.draw(page, title, runs.stream().map(row).toList(), longest, SectionPage.HALF);
  }

  private boolean sameClasses() {
    List<List<String>> names =
        parts.stream().map(of -> of.stream().map(Part::name).toList()).distinct().toList();
    return runs.size() > 1 && names.size() == 1 && !names.get(0).isEmpty();
  }

  private void differences() {
    section(
        "Classes that differ most",
        primary.label() + " of the classes with the largest difference between the evaluations.");
    page.open("table");
    List<String> heading = new ArrayList<>(List.of("Class"));
    runs.forEach(run -> heading.add(run.name()));
    heading.add("difference");
    new SectionPage(page).header(1, heading);
    page.open("tbody");
    IntStream.range(0, parts.get(0).size())
        .boxed()
        .filter(c -> !Double.isNaN(spread(c)))
        .sorted(Comparator.comparingDouble((Integer c) -> -spread(c)).thenComparing(c -> c))
        .limit(CLASSES)
        .forEach(this::difference);
    page.close().close().close();
  }

  private void difference(int label) {
    List<String> row = new ArrayList<>();
    row.add(parts.get(0).get(label).name());
    parts.forEach(of -> row.add(primary.unit().print(of.get(label).value())));
    row.add(primary.unit().difference(spread(label)));
    new SectionPage(page).row(1, row);
  }

  private double spread(int label) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (List<Part> of : parts) {
      least = Math.min(least, of.get(label).value());
      most = Math.max(most, of.get(label).value());
    }
    return most - least;
  }

  private void section(String title, String note) {
    ReportPage.section(page, title, note);
  }
}
