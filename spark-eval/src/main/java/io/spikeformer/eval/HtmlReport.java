package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.EnergyUnit;
import io.spikeformer.eval.energy.FiringChart;
import io.spikeformer.eval.energy.StageChart;
import io.spikeformer.eval.page.BarChart;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.eval.page.ReportPage;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.report.Bars.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An evaluation as one HTML page: no scripts, nothing loaded from elsewhere, light and dark.
 *
 * <p>Charts are SVG in the page, so that they stay sharp, can be searched and printed, and show the
 * exact number of each bar and cell as a tooltip.
 */
public final class HtmlReport {

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
    SectionPage sections = new SectionPage(page);
    result.outcome().sections().forEach(sections::draw);
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
        Text.format(
            "%s samples of %s at %s x %s pixels; weights from %s",
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
    result.outcome().figures().forEach(this::figureTile);
    result
        .loss()
        .ifPresent(
            loss ->
                tile("Loss", Numbers.decimals(loss, 4), result.outcome().lossMeaning().orElse("")));
    firingTile();
    energyTile("Energy, fused", result.fused());
    energyTile("Energy, as executed", result.asExecuted());
    page.close();
  }

  private void firingTile() {
    int most = result.config().neuron().mostFired();
    if (most == 1) {
      tile("Firing rate", Numbers.percent(result.firingRate()), "spikes per neuron and timestep");
    } else {
      String note = "per neuron and timestep, of at most " + most;
      tile("Mean integer", Numbers.decimals(result.firingRate(), 3), note);
    }
  }

  private void figureTile(Figure figure) {
    tile(figure.label(), figure.text(), figure.note());
  }

  private void energyTile(String label, EnergyAccount account) {
    String ratio = Numbers.decimals(account.annMillijoules() / account.millijoules(), 1);
    tile(
        label, unit.print(account.millijoules()), "per image; an ANN: " + ratio + " times as much");
  }

  private void tile(String label, String value, String note) {
    ReportPage.tile(page, label, value, note);
  }

  private void firing() {
    section(
        "Firing rates",
        "Spikes per neuron at each timestep, by the layer that the neurons feed. Colour is on a"
            + " square-root scale; hover a cell for its counts. Silent layers have an outline.");
    page.open("div", "class", "wide");
    FiringChart.draw(page, result.firing(), result.config().neuron().mostFired());
    page.close().close();
    result
        .expansion()
        .map(Expansion::slots)
        .filter(slots -> !slots.isEmpty())
        .ifPresent(this::slots);
  }

  private void slots(List<SlotFiring> slots) {
    section(
        "Firing rates by slot",
        "A chip sends an integer n as n binary spikes. The rate of slot d is the share of neurons"
            + " whose integer is at least d, counted in the run on spikes over all timesteps. The"
            + " rates of all slots add up to the mean integer.");
    page.open("div", "class", "wide");
    tables.slots(slots);
    page.close().close();
  }

  private void energy() {
    EnergyConstants constants = result.fused().constants();
    section(
        "Energy per image",
        Text.format(
            "Firing rate x operations x %s pJ where spikes drive a layer, %s pJ per operation"
                + " where the"
                + " input is real-valued. The ANN equivalent runs the same layers once with real-valued"
                + " activations. The two conventions count different operations and do not"
                + " compare.",
            constants.acPicojoules(), constants.macPicojoules()));
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
          Text.format(
              "%s: %s, ANN equivalent %s",
              block.getKey(), unit.print(block.getValue()), unit.print(equivalent));
      rows.add(
          new Row(
              block.getKey(), block.getValue(), equivalent, unit.print(block.getValue()), tooltip));
    }
    double longest =
        rows.stream().mapToDouble(r -> Math.max(r.value(), r.compared())).max().orElse(0);
    page.element("h4", "By block; outlined: ANN equivalent");
    BarChart.draw(
        page, "Energy by block, " + account.convention().label(), rows, longest, SectionPage.HALF);
    tables.energy(account);
    page.close();
  }

  private void section(String title, String note) {
    ReportPage.section(page, title, note);
  }
}
