package io.spikeformer.eval;

import io.spikeformer.model.BlockSpec;
import io.spikeformer.model.BlockSpec.BlockKind;
import io.spikeformer.model.NetworkConfig;
import io.spikeformer.model.cost.LayerCosts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Strict parser of a table of firing rates; see {@link FiringRates#readCsv}. */
final class FiringRatesCsv {
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

  FiringRates parse(List<String> lines) {
    if (lines.isEmpty()) {
      throw new EvaluationException(
          "rates file " + source + ": expected a header 'layer,t1,...', found an empty file");
    }
    List<String> columns = cells(lines.get(0));
    checkHeader(columns);
    Map<String, double[]> rates = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        row(i + 1, cells(lines.get(i)), columns, seen, rates);
      }
    }
    checkComplete(rates);
    return new FiringRates(config.timesteps(), rates);
  }

  private void checkHeader(List<String> columns) {
    List<String> expected = new ArrayList<>(List.of("layer"));
    for (int t = 1; t <= config.timesteps(); t++) {
      expected.add("t" + t);
    }
    boolean average = columns.get(columns.size() - 1).equals("average");
    List<String> found = average ? columns.subList(0, columns.size() - 1) : columns;
    if (!found.equals(expected)) {
      throw new EvaluationException(
          "rates file %s line 1: expected columns %s for T = %d, found %s; give the file's T or another file"
              .formatted(
                  source,
                  String.join(",", expected),
                  config.timesteps(),
                  String.join(",", columns)));
    }
  }

  private void row(
      int line,
      List<String> cells,
      List<String> columns,
      Set<String> seen,
      Map<String, double[]> rates) {
    if (cells.size() != columns.size()) {
      throw fault(line, "expected " + columns.size() + " columns, found " + cells.size());
    }
    String layer = cells.get(0);
    if (!neuronLayers.contains(layer) && !otherRows.contains(layer)) {
      throw fault(line, "unknown layer '" + layer + "' for model " + config.name());
    }
    if (!seen.add(layer)) {
      throw fault(line, "layer '" + layer + "' appears twice");
    }
    double[] values = new double[cells.size() - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = rate(line, columns.get(i + 1), cells.get(i + 1));
    }
    if (neuronLayers.contains(layer)) {
      rates.put(layer, java.util.Arrays.copyOf(values, config.timesteps()));
    }
  }

  private double rate(int line, String column, String cell) {
    double rate;
    try {
      rate = Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      rate = Double.NaN;
    }
    // a layer that reads sums of spikes may receive more than one at a time
    double most = config.sumsSpikes() ? Double.MAX_VALUE : 1;
    if (!(rate >= 0 && rate <= most)) {
      String range = most == 1 ? "a rate from 0 to 1" : "a finite rate >= 0";
      throw fault(line, "column " + column + ": expected " + range + ", found '" + cell + "'");
    }
    return rate;
  }

  private void checkComplete(Map<String, double[]> rates) {
    List<String> missing =
        LayerCosts.neuronLayers(config).stream().filter(l -> !rates.containsKey(l)).toList();
    if (!missing.isEmpty()) {
      throw new EvaluationException(
          "rates file %s: expected %d neuron layers of model %s, found %d; the first missing one is '%s'"
              .formatted(source, neuronLayers.size(), config.name(), rates.size(), missing.get(0)));
    }
  }

  private EvaluationException fault(int line, String what) {
    return new EvaluationException("rates file " + source + " line " + line + ": " + what);
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    for (String cell : line.split(",", -1)) {
      cells.add(cell.strip());
    }
    return cells;
  }
}
