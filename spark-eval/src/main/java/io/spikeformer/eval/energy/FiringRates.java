package io.spikeformer.eval.energy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.text.CsvTable;
import io.spikeformer.data.text.TextFile;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spikes per neuron of every neuron layer at every timestep, in [0, 1], or mean integers up to D.
 * Inputs of layers in networks that sum spikes may exceed 1.
 */
public final class FiringRates {
  private final int timesteps;
  private final Map<String, double[]> rates;

  FiringRates(int timesteps, Map<String, double[]> rates) {
    this.timesteps = timesteps;
    this.rates = new LinkedHashMap<>(rates);
  }

  /**
   * The rates of counted spikes. Where a layer ran at other timesteps alone, its rate is 0; NaN if
   * nothing of it was counted.
   */
  public static FiringRates of(FiringCounts counts) {
    Map<String, double[]> rates = new LinkedHashMap<>();
    for (String layer : counts.layers()) {
      double[] row = new double[counts.timesteps()];
      boolean ran = !Double.isNaN(counts.rate(layer));
      for (int t = 0; t < row.length; t++) {
        row[t] = ran && counts.neurons(layer, t) == 0 ? 0 : counts.rate(layer, t);
      }
      rates.put(layer, row);
    }
    return new FiringRates(counts.timesteps(), rates);
  }

  /**
   * One rate for all neuron layers and timesteps of a network. Layers that run once, whatever T is,
   * have it at the first timestep alone.
   *
   * @param rate spikes per neuron, &gt;= 0
   */
  public static FiringRates uniform(NetworkConfig config, double rate) {
    Map<String, double[]> rates = new LinkedHashMap<>();
    for (BlockSpec spec : config.blocks()) {
      int runs = spec.fuse() == Fuse.MEAN ? 1 : config.timesteps();
      for (String layer : Block.of(config, spec).neuronLayers()) {
        double[] row = new double[config.timesteps()];
        Arrays.fill(row, 0, runs, rate);
        rates.put(layer, row);
      }
    }
    return new FiringRates(config.timesteps(), rates);
  }

  /** The largest rate of a layer of neurons: 1, or the largest integer that they fire. */
  public static int most(NetworkConfig config) {
    IntegerFiring integers = config.neuron().integers();
    return integers == null ? 1 : integers.levels();
  }

  /**
   * Reads a table of rates for a model: columns layer, t1 to tT and, optionally, average; a row for
   * each of its neuron layers. The rows of the published table that are no neuron layers (the stem
   * and the products ktv and q_ktv) may be there and are checked, but not kept.
   *
   * @param file comma-separated values
   * @param config the model; its number of timesteps is that of the columns
   * @throws UserException with the line, if a layer is missing or unknown, a rate is not a number
   *     in [0, 1] (up to the largest integer; from 0 on, for networks that sum spikes) or the
   *     columns are those of another T
   */
  public static FiringRates readCsv(TextFile file, NetworkConfig config) {
    return new FiringRatesCsv(file.name(), config).parse(CsvTable.rows(file));
  }

  public int timesteps() {
    return timesteps;
  }

  /** Neuron layers in the order of the source. */
  public List<String> layers() {
    return List.copyOf(rates.keySet());
  }

  /**
   * Spikes per neuron of a layer at a timestep.
   *
   * @param timestep counted from 0
   * @throws UserException if there is no such layer
   */
  public double rate(String layer, int timestep) {
    double[] row = rates.get(layer);
    if (row == null) {
      throw new UserException(
          "firing rates: expected layer '%s', found %s others", layer, rates.size());
    }
    return row[timestep];
  }
}
