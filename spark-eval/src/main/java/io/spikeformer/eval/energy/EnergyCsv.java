package io.spikeformer.eval.energy;

import io.spikeformer.common.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * Energy accounts as comma-separated values: a row for each layer and convention, the attention
 * operators among them with {@code counted} 0, since the totals leave them out.
 */
public final class EnergyCsv {
  private EnergyCsv() {}

  /** The table of accounts of the same number of timesteps, with a heading. */
  public static String write(List<EnergyAccount> accounts) {
    StringBuilder csv = new StringBuilder();
    int timesteps = accounts.stream().mapToInt(EnergyAccount::timesteps).max().orElse(0);
    List<String> heading =
        new ArrayList<>(
            List.of(
                "convention", "counted", "part", "stage", "block", "layer", "operation", "macs"));
    for (int t = 1; t <= timesteps; t++) {
      heading.add("rate_t" + t);
    }
    for (int t = 1; t <= timesteps; t++) {
      heading.add("mj_t" + t);
    }
    heading.addAll(List.of("mj", "ann_mj", "synaptic_operations"));
    line(csv, heading);
    for (EnergyAccount account : accounts) {
      account.layers().forEach(layer -> row(csv, account, layer, "1"));
      account.attention().forEach(layer -> row(csv, account, layer, "0"));
    }
    return csv.toString();
  }

  private static void row(
      StringBuilder csv, EnergyAccount account, LayerEnergy layer, String counted) {
    List<String> cells =
        new ArrayList<>(
            List.of(
                account.convention().label(),
                counted,
                layer.part(),
                layer.stage(),
                layer.block(),
                layer.layer(),
                layer.operation(),
                "" + layer.macs()));
    for (int t = 0; t < account.timesteps(); t++) {
      // a real-valued input has no rate
      cells.add(layer.rates().isEmpty() ? "" : number(layer.rates().get(t)));
    }
    layer.millijoulesPerTimestep().forEach(energy -> cells.add(number(energy)));
    cells.add(number(layer.millijoules()));
    cells.add(number(layer.annMillijoules()));
    cells.add(number(layer.synapticOperations()));
    line(csv, cells);
  }

  private static String number(double value) {
    return Text.format("%.9g", value);
  }

  private static void line(StringBuilder csv, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      boolean quoted = cell.contains(",") || cell.contains("\"");
      csv.append(i == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    csv.append('\n');
  }
}
