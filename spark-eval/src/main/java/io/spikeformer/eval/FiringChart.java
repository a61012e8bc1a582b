package io.spikeformer.eval;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Firing rates of all neuron layers at all timesteps: one panel for each kind of block, a row for
 * each block of it, and for each layer one cell per timestep. Colour is on a square-root scale.
 */
final class FiringChart {
  private static final double WIDTH = 1060;
  private static final double ROW = 20;
  private static final double WIDEST_CELL = 46;
  private static final double GAP = 10;

  private FiringChart() {}

  /** The layers of one block by the last part of their name. */
  private record Block(String name, Map<String, LayerFiring> layers) {}

  static void draw(Markup markup, List<LayerFiring> firing) {
    List<List<Block>> panels = new ArrayList<>(panels(firing));
    panels.sort(Comparator.comparing(panel -> panel.get(0).layers().size() == 1));
    panels.forEach(panel -> panel(markup, panel));
    scale(markup);
  }

  /** Blocks with the same layers, in the order of the data. */
  private static Collection<List<Block>> panels(List<LayerFiring> firing) {
    Map<String, Block> blocks = new LinkedHashMap<>();
    for (LayerFiring layer : firing) {
      String[] parts = layer.layer().split("\\.");
      boolean inner = parts.length > 2;
      String block = inner ? parts[0] + "." + parts[1] : layer.layer();
      blocks
          .computeIfAbsent(block, name -> new Block(name, new LinkedHashMap<>()))
          .layers()
          .put(inner ? parts[2] : "input", layer);
    }
    Map<Collection<String>, List<Block>> panels = new LinkedHashMap<>();
    for (Block block : blocks.values()) {
      panels
          .computeIfAbsent(List.copyOf(block.layers().keySet()), key -> new ArrayList<>())
          .add(block);
    }
    return panels.values();
  }

  private static void panel(Markup markup, List<Block> blocks) {
    List<String> layers = List.copyOf(blocks.get(0).layers().keySet());
    int timesteps = blocks.get(0).layers().get(layers.get(0)).spikes().size();
    double labels = 150;
    double titles = Chart.CHARACTER * layers.stream().mapToInt(String::length).max().orElse(0);
    double widest = Math.max(WIDEST_CELL * timesteps, titles) + GAP;
    double group = Math.min(widest, (WIDTH - labels) / layers.size());
    double cell = (group - GAP) / timesteps;
    double heading = 32;
    String title =
        "Firing rates of " + blocks.get(0).name() + " to " + blocks.get(blocks.size() - 1).name();
    Chart chart =
        Chart.open(
            markup, title, labels + group * layers.size(), heading + blocks.size() * ROW + 14);
    for (int l = 0; l < layers.size(); l++) {
      double x = labels + l * group;
      chart.text("column-title", x, 12, layers.get(l));
      for (int t = 0; t < timesteps; t++) {
        chart.text(
            "column-tick", x + (t + 0.5) * cell, 26, cell < 18 ? "" + (t + 1) : "t" + (t + 1));
      }
    }
    for (int row = 0; row < blocks.size(); row++) {
      double y = heading + row * ROW;
      chart.text("row-label", labels - 8, y + 14, blocks.get(row).name());
      for (int l = 0; l < layers.size(); l++) {
        cells(chart, blocks.get(row).layers().get(layers.get(l)), labels + l * group, y, cell);
      }
    }
    chart.close();
  }

  private static void scale(Markup markup) {
    double[] rates = {0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1};
    Chart chart =
        Chart.open(markup, "Colour scale of the firing rates", 150 + 46 * rates.length, ROW);
    chart.text("row-label", 142, 14, "rate");
    for (int i = 0; i < rates.length; i++) {
      Chart.Box box = new Chart.Box(150 + 46 * i, 0, 45, ROW - 1);
      chart.cell("heat", box, Math.sqrt(rates[i]), label(rates[i]), "rate " + rates[i]);
    }
    chart.close();
  }

  private static String label(double rate) {
    return Numbers.decimals(rate, 2).replaceFirst("^0\\.", ".");
  }

  private static void cells(Chart chart, LayerFiring layer, double x, double y, double width) {
    List<Double> rates = layer.rates();
    for (int t = 0; t < rates.size(); t++) {
      double rate = rates.get(t);
      String tooltip =
          "%s, timestep %d: rate %s, %s spikes of %s neurons"
              .formatted(
                  layer.layer(),
                  t + 1,
                  Numbers.decimals(rate, 4),
                  Numbers.count(layer.spikes().get(t)),
                  Numbers.count(layer.neurons().get(t)));
      String label = Chart.fits(label(rate), width) ? label(rate) : "";
      Chart.Box box = new Chart.Box(x + t * width, y, width - 1, ROW - 1);
      chart.cell("heat", box, Math.sqrt(rate), label, tooltip);
    }
  }
}
