package io.spikeformer.eval.energy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.CsvTable;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.BlockKind;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.LayerCosts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Strict parser of a table of firing rates; see {@link FiringRates#readCsv}. */
final class FiringRatesCsv {
  /** Characters of a cell that a message shows. */
  private static final int MAX_SHOWN = 100;

  /** A number as a table has it: Java would also read 0x1p3, 1f and NaN. */
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");

  private static final Set<String> WITHIN_BRANCHES =
      Set.of("depthwise_pointwise2", "conv2", "conv3", "q", "k", "v", "repconv_proj", "linear2");

  private final String source;
  private final NetworkConfig config;
  private final Set<String> neuronLayers;
  private final Set<String> otherRows = new HashSet<>();

  FiringRatesCsv(String source, NetworkConfig config) {
    this.source = source;
    this.config = config;
    this.neuronLayers = Set.copyOf(LayerCosts.neuronLayers(config));
    for (BlockSpec block : config.blocks()) {
      if (block.first()) {
        otherRows.add(block.name());
      }
      if (block.kind() == BlockKind.TRANSFORMER) {
        otherRows.add(block.name() + ".ktv");
        otherRows.add(block.name() + ".q_ktv");
      }
    }
  }

  FiringRates parse(List<CsvTable.Row> rows) {
    if (rows.isEmpty()) {
      throw new UserException(
          "rates file %s: expected a header 'layer,t1,...', found an empty file", source);
    }
    List<String> columns = columns(rows.get(0));
    Map<String, double[]> rates = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (CsvTable.Row row : rows.subList(1, rows.size())) {
      addTo(rates, seen, row, columns);
    }
    checkComplete(rates);
    return new FiringRates(config.timesteps(), rates);
  }

  private List<String> columns(CsvTable.Row heading) {
    List<String> expected = new ArrayList<>(List.of("layer"));
    for (int t = 1; t <= config.timesteps(); t++) {
      expected.add("t" + t);
    }
    List<String> columns = heading.fields().subList(0, width(heading));
    boolean average = columns.get(columns.size() - 1).equals("average");
    List<String> found = average ? columns.subList(0, columns.size() - 1) : columns;
    if (!found.equals(expected)) {
      throw fault(
          heading.line(),
          Text.format(
              "expected columns %s for T = %d, found %s; give the file's T or another file",
              String.join(",", expected), config.timesteps(), heading.named()));
    }
    return columns;
  }

  /** Fields without the empty ones at the end, which spreadsheets leave. */
  private static int width(CsvTable.Row row) {
    int width = row.fields().size();
    while (row.field(width - 1).isEmpty()) {
      width--;
    }
    return width;
  }

  private void addTo(
      Map<String, double[]> rates, Set<String> seen, CsvTable.Row row, List<String> columns) {
    int line = row.line();
    if (row.fields().size() < columns.size() || width(row) > columns.size()) {
      throw fault(line, "expected " + columns.size() + " columns, found " + row.fields().size());
    }
    String layer = row.field(0);
    if (!neuronLayers.contains(layer) && !otherRows.contains(layer)) {
      throw fault(
          line,
          Text.format(
              "unknown layer '%s' for model %s",
              Characters.named(layer, MAX_SHOWN), config.name()));
    }
    if (!seen.add(layer)) {
      throw fault(line, "layer '" + layer + "' appears twice");
    }
    double[] values = new double[columns.size() - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = rate(line, columns.get(i + 1), row.field(i + 1), most(layer));
    }
    if (neuronLayers.contains(layer)) {
      rates.put(layer, Arrays.copyOf(values, config.timesteps()));
    }
  }

  /** A layer that reads a block's input may receive sums of spikes, one within a branch may not. */
  private double most(String layer) {
    if (config.neuron().integers() != null) {
      return FiringRates.most(config);
    }
    boolean branch = WITHIN_BRANCHES.contains(layer.substring(layer.lastIndexOf('.') + 1));
    return config.sumsSpikes() && !branch ? Double.MAX_VALUE : 1;
  }

  private double rate(int line, String column, String cell, double most) {
    double rate = DECIMAL.matcher(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
    if (!(rate >= 0 && rate <= most)) {
      throw fault(
          line,
          Text.format(
              "column %s: expected %s, found '%s'%s",
              column,
              most == Double.MAX_VALUE ? "a finite rate >= 0" : "a rate from 0 to " + (int) most,
              Characters.named(cell, MAX_SHOWN),
              cell.endsWith("%") || rate > 1 && rate <= 100 ? "; divide percent by 100" : ""));
    }
    return rate;
  }

  private void checkComplete(Map<String, double[]> rates) {
    List<String> missing =
        LayerCosts.neuronLayers(config).stream().filter(l -> !rates.containsKey(l)).toList();
    if (!missing.isEmpty()) {
      throw new UserException(
          "rates file %s: expected %d neuron layers of model %s, found %d; the first missing one"
              + " is '%s'",
          source, neuronLayers.size(), config.name(), rates.size(), missing.get(0));
    }
  }

  private UserException fault(int line, String what) {
    return new UserException("rates file %s line %s: %s", source, line, what);
  }
}
