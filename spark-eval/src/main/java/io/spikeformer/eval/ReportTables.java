package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.EnergyUnit;
import io.spikeformer.eval.energy.LayerEnergy;
import io.spikeformer.eval.energy.RealInput;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.cost.ModelSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of the report. */
final class ReportTables {
  private final Markup page;
  private final EvaluationResult result;
  private final EnergyUnit unit;
  private final SectionPage cells;

  ReportTables(Markup page, EvaluationResult result) {
    this.page = page;
    this.result = result;
    this.unit = EnergyUnit.of(result.fused().millijoules());
    this.cells = new SectionPage(page);
  }

  void energy(EnergyAccount account) {
    page.open("table");
    cells.header(1, List.of("Part", "energy"));
    page.open("tbody");
    for (int t = 0; t < account.timesteps(); t++) {
      row(1, "Timestep " + (t + 1), unit.print(account.millijoulesPerTimestep().get(t)));
    }
    if (account.hasDeepHead()) {
      account
          .millijoulesPerPart()
          .forEach((part, energy) -> row(1, capitalised(part), unit.print(energy)));
      row(1, "Everything behind the backbone", unit.print(account.headMillijoules()));
    }
    row(1, "Total", unit.print(account.millijoules()));
    row(1, "ANN equivalent", unit.print(account.annMillijoules()));
    row(1, "Attention operators, not in the total", unit.print(account.attentionMillijoules()));
    row(1, "Synaptic operations (additions)", Numbers.operations(account.synapticOperations()));
    page.close().close();
    page.open("details").element("summary", "All " + account.layers().size() + " layers");
    page.open("table", "class", "layers");
    cells.header(2, List.of("Layer", "operation", "MACs", "rate", "energy"));
    page.open("tbody");
    account.layers().forEach(this::layer);
    account.attention().forEach(this::layer);
    page.close().close().close();
  }

  void slots(List<SlotFiring> slots) {
    List<String> heading = new ArrayList<>(List.of("Layer", "mean integer"));
    for (int slot = 1; slot <= slots.get(0).spikes().size(); slot++) {
      heading.add("slot " + slot);
    }
    page.open("table", "class", "layers");
    cells.header(1, heading);
    page.open("tbody");
    for (SlotFiring layer : slots) {
      List<String> row =
          new ArrayList<>(List.of(layer.layer(), Numbers.decimals(layer.meanInteger(), 4)));
      layer.rates().forEach(rate -> row.add(Numbers.decimals(rate, 4)));
      cells.row(1, row);
    }
    page.close().close();
  }

  private static String capitalised(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private void layer(LayerEnergy layer) {
    double rate = layer.rates().stream().mapToDouble(Double::doubleValue).average().orElse(1);
    row(
        2,
        layer.layer(),
        layer.operation(),
        Numbers.operations(layer.macs()),
        (layer.rates().isEmpty() ? "real" : Numbers.decimals(rate, 4)),
        unit.print(layer.millijoules()));
  }

  private void row(int firstNumber, String... texts) {
    cells.row(firstNumber, List.of(texts));
  }

  private static String firing(NeuronConfig neuron) {
    IntegerFiring integers = neuron.integers();
    if (integers == null) {
      return Text.format(
          "%s surrogate with alpha %s",
          neuron.surrogate().name().toLowerCase(Locale.ROOT), neuron.alpha());
    }
    return Text.format(
        "integers 0 to %s, rounded %s, %s window of the gradient, %s",
        integers.levels(),
        integers.rounding().label(),
        integers.window().label(),
        integers.normalise() ? "normalised" : "not normalised");
  }

  void configuration() {
    NetworkConfig config = result.config();
    NeuronConfig neuron = config.neuron();
    EvaluationSource source = result.source();
    ModelSummary summary = ModelSummary.of(config, source.height(), source.width());
    EnergyConstants constants = result.fused().constants();
    page.open("section").element("h2", "Configuration");
    page.open("table", "class", "configuration").open("tbody");
    setting("Model", config.name());
    setting("Weights", source.model());
    setting("Data", source.data());
    setting("Samples", Numbers.count(result.samples()));
    setting("Image", source.height() + " x " + source.width() + " x " + config.channels());
    setting("Parameters", Numbers.count(summary.parameters()));
    setting(
        "MACs per timestep",
        Numbers.operations(summary.fusedMacs())
            + " fused, "
            + Numbers.operations(summary.executedMacs())
            + " as executed");
    setting("Timesteps", "" + config.timesteps());
    result.outcome().settings().forEach(this::setting);
    if (config instanceof MetaSpikeFormerConfig transformer) {
      architecture(transformer);
    } else if (config instanceof BaselineConfig baseline) {
      setting("Family", baseline.family().name().replace('_', '-'));
      setting("Width", "" + baseline.width());
      setting("Depths", join(baseline.depths()));
    }
    setting(
        "Neuron",
        Text.format(
            "tau %s, threshold %s, input scale %s, %s",
            neuron.tau(), neuron.threshold(), neuron.inputScale(), firing(neuron)));
    result.expansion().ifPresent(expansion -> setting("Run on spikes", expansion.text()));
    setting("Precision", config.precision().label());
    source.arithmetic().forEach(kind -> setting("Arithmetic", kind.toString()));
    setting(
        "Energy constants",
        Text.format(
            "E_MAC %s pJ, E_AC %s pJ, first layer counted %s",
            constants.macPicojoules(),
            constants.acPicojoules(),
            constants.realInput() == RealInput.FREE
                ? "as free"
                : constants.realInput().label().replace('-', ' ')));
    page.close().close().close();
  }

  private void architecture(MetaSpikeFormerConfig config) {
    setting("Widths", join(config.widths()));
    setting("Depths", join(config.depths()));
    setting(
        "Attention",
        config.attention().name().replace('_', '-') + ", " + config.heads() + " heads");
    setting(
        "Stem",
        Text.format(
            "%s x %s convolution, stride %s",
            config.stemWindow(), config.stemWindow(), config.stemStride()));
  }

  private static String join(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private void setting(String name, String value) {
    page.open("tr").element("th", name, "scope", "row").element("td", value).close();
  }
}
