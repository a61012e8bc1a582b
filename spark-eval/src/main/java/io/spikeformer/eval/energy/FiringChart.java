package io.spikeformer.eval.energy;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Chart;
import io.spikeformer.eval.page.Markup;
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
public final class FiringChart {
  private static final double WIDTH = 1060;
  private static final double ROW = 20;
  private static final double WIDEST_CELL = 46;
  private static final double GAP = 10;
  private static final double LABELS = 150;

  /** The rate below which trainings give an alarm, unless their recipe says otherwise. */
  private static final double SILENT_BELOW = 0.001;

  private FiringChart() {}

  /** The layers of one block by the last part of their name. */
  private record Block(String name, Map<String, LayerFiring> layers) {}

  /**
   * Draws layers by timesteps, coloured by firing rate, and lists the silent layers.
   *
   * @param most the most that a neuron fires in a timestep, the end of the colours
   */
  public static void draw(Markup markup, List<LayerFiring> firing, int most) {
    List<List<Block>> panels = new ArrayList<>(panels(firing));
    panels.sort(Comparator.comparing(panel -> panel.get(0).layers().size() == 1));
    panels.forEach(panel -> panel(markup, panel, most));
    HeatLegend.rates(markup, LABELS, most);
    List<LayerFiring> silent = firing.stream().filter(FiringChart::isSilent).toList();
    if (!silent.isEmpty()) {
      markup.element(
          "h4", "Silent: fewer than " + SILENT_BELOW + " spikes per neuron and timestep");
      markup.open("ul", "class", "silent-layers");
      silent.forEach(
          layer ->
              markup.element(
                  "li", layer.layer() + ": rate " + Numbers.decimals(layer.averageRate(), 6)));
      markup.close();
    }
  }

  private static boolean isSilent(LayerFiring layer) {
    return layer.averageRate() < SILENT_BELOW;
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

  private static void panel(Markup markup, List<Block> blocks, int most) {
    List<String> layers = List.copyOf(blocks.get(0).layers().keySet());
    int timesteps = blocks.get(0).layers().get(layers.get(0)).spikes().size();
    double titles = Chart.CHARACTER * layers.stream().mapToInt(String::length).max().orElse(0);
    double widest = Math.max(WIDEST_CELL * timesteps, titles) + GAP;
    double group = Math.min(widest, (WIDTH - LABELS) / layers.size());
    double cell = (group - GAP) / timesteps;
    double heading = 32;
    String title =
        "Firing rates of " + blocks.get(0).name() + " to " + blocks.get(blocks.size() - 1).name();
    Chart chart =
        Chart.open(
            markup, title, LABELS + group * layers.size(), heading + blocks.size() * ROW + 14);
    for (int l = 0; l < layers.size(); l++) {
      double x = LABELS + l * group;
      chart.text("column-title", x, 12, layers.get(l));
      for (int t = 0; t < timesteps; t++) {
        chart.text(
            "column-tick", x + (t + 0.5) * cell, 26, cell < 18 ? "" + (t + 1) : "t" + (t + 1));
      }
    }
    for (int row = 0; row < blocks.size(); row++) {
      double y = heading + row * ROW;
      chart.text("row-label", LABELS - 8, y + 14, blocks.get(row).name());
      for (int l = 0; l < layers.size(); l++) {
        LayerFiring layer = blocks.get(row).layers().get(layers.get(l));
        cells(chart, layer, new Chart.Box(LABELS + l * group, y, cell, ROW), most);
      }
    }
    chart.close();
  }

  /** Cells that follow the first one. */
  private static void cells(Chart chart, LayerFiring layer, Chart.Box first, int most) {
    double x = first.x();
    double y = first.y();
    double width = first.width();
    List<Double> rates = layer.rates();
    for (int t = 0; t < rates.size(); t++) {
      double rate = rates.get(t);
      String tooltip =
          Text.format(
              "%s, timestep %s: rate %s, %s spikes of %s neurons",
              layer.layer(),
              t + 1,
              Numbers.decimals(rate, 4),
              Numbers.count(layer.spikes().get(t)),
              Numbers.count(layer.neurons().get(t)));
      String label = Chart.fits(HeatLegend.rate(rate), width) ? HeatLegend.rate(rate) : "";
      Chart.Box box = new Chart.Box(x + t * width, y, width - 1, ROW - 1);
      chart.cell("heat", box, Math.sqrt(rate / most), label, tooltip);
    }
    if (isSilent(layer)) {
      Chart.Box all = new Chart.Box(x, y, rates.size() * width - 1, ROW - 1);
      chart.outline("silent", all, layer.layer() + " is silent");
    }
  }
}
