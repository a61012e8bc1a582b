package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * Spikes of every neuron layer and timestep, as exact integers, so that counts of parts add up to
 * those of the whole.
 *
 * <p>A layer is named after the layer that its spikes feed, as in the paper's table of firing
 * rates. Not thread-safe.
 */
public final class FiringCounts implements java.io.Serializable {
  private static final long serialVersionUID = 1;

  private final int timesteps;
  private final LinkedHashMap<String, long[]> spikes = new LinkedHashMap<>();
  private final LinkedHashMap<String, long[]> neurons = new LinkedHashMap<>();
  // null: nobody else
  private final transient BiConsumer<String, Tensor> reader;

  /** Empty counts for a number of timesteps. */
  public FiringCounts(int timesteps) {
    this(timesteps, null);
  }

  private FiringCounts(int timesteps, BiConsumer<String, Tensor> reader) {
    this.reader = reader;
    if (timesteps < 1) {
      throw new IllegalArgumentException(
          Text.format("firing counts: expected timesteps >= 1, found %s", timesteps));
    }
    this.timesteps = timesteps;
  }

  /**
   * Empty counts beside which someone else reads what the layers fire.
   *
   * @param reader takes a layer with its spikes or integers of all timesteps, in the order of the
   *     forward pass; a layer that runs several times comes as often
   */
  public static FiringCounts readBy(int timesteps, BiConsumer<String, Tensor> reader) {
    return new FiringCounts(timesteps, reader);
  }

  /** Shows what a layer has fired. */
  void show(String layer, Tensor fired) {
    if (reader != null) {
      reader.accept(layer, fired);
    }
  }

  public int timesteps() {
    return timesteps;
  }

  /** Layers in the order of the forward pass. */
  public List<String> layers() {
    return new ArrayList<>(spikes.keySet());
  }

  /** Adds spikes out of a number of neurons at a timestep (counted from 0). */
  public void add(String layer, int timestep, long newSpikes, long newNeurons) {
    if (newSpikes < 0 || newNeurons < newSpikes) {
      throw new IllegalArgumentException(
          Text.format(
              "firing counts of %s: expected 0 <= spikes <= neurons, found %s of %s",
              layer, newSpikes, newNeurons));
    }
    addSums(layer, timestep, newSpikes, newNeurons);
  }

  /**
   * Adds the sum of what a number of inputs of a layer received at a timestep. They may be sums of
   * spikes themselves, so that there are more spikes than inputs.
   */
  public void addSums(String layer, int timestep, long newSpikes, long inputs) {
    if (newSpikes < 0 || inputs < 0) {
      throw new IllegalArgumentException(
          Text.format(
              "firing counts of %s: expected spikes and inputs >= 0, found %s and %s",
              layer, newSpikes, inputs));
    }
    row(spikes, layer)[timestep] += newSpikes;
    row(neurons, layer)[timestep] += inputs;
  }

  /** Spikes of a layer at a timestep. */
  public long spikes(String layer, int timestep) {
    return known(spikes, layer)[timestep];
  }

  /** Neurons of a layer at a timestep, summed over the images counted. */
  public long neurons(String layer, int timestep) {
    return known(neurons, layer)[timestep];
  }

  /** Spikes per neuron at a timestep; NaN if nothing was counted. */
  public double rate(String layer, int timestep) {
    return (double) spikes(layer, timestep) / neurons(layer, timestep);
  }

  /** Spikes per neuron and timestep; NaN if nothing was counted. */
  public double rate(String layer) {
    return (double) Arrays.stream(known(spikes, layer)).sum()
        / Arrays.stream(known(neurons, layer)).sum();
  }

  /** Adds the counts of another part of the data. */
  public void merge(FiringCounts other) {
    if (other.timesteps != timesteps) {
      throw new IllegalArgumentException(
          Text.format("firing counts: expected T = %s, found T = %s", timesteps, other.timesteps));
    }
    other.spikes.forEach((layer, counts) -> addAll(row(spikes, layer), counts));
    other.neurons.forEach((layer, counts) -> addAll(row(neurons, layer), counts));
  }

  /** Both together, in counts of their own. */
  public FiringCounts plus(FiringCounts other) {
    FiringCounts both = new FiringCounts(timesteps);
    both.merge(this);
    both.merge(other);
    return both;
  }

  /** The same summed over the timesteps, as the counts of a single one. */
  public FiringCounts overTime() {
    return summed(layer -> layer);
  }

  /** The counts of the layers' blocks, summed over the timesteps: stage3.block2 has those of q. */
  public FiringCounts blocksOverTime() {
    return summed(FiringCounts::block);
  }

  private FiringCounts summed(UnaryOperator<String> name) {
    FiringCounts sums = new FiringCounts(1);
    spikes.forEach(
        (layer, counts) ->
            sums.addSums(
                name.apply(layer),
                0,
                Arrays.stream(counts).sum(),
                Arrays.stream(neurons.get(layer)).sum()));
    return sums;
  }

  private static String block(String layer) {
    int inner = layer.indexOf('.', layer.indexOf('.') + 1);
    return layer.indexOf('.') < 0 || inner < 0 ? layer : layer.substring(0, inner);
  }

  private static void addAll(long[] sums, long[] counts) {
    for (int t = 0; t < sums.length; t++) {
      sums[t] += counts[t];
    }
  }

  private long[] row(Map<String, long[]> table, String layer) {
    return table.computeIfAbsent(layer, name -> new long[timesteps]);
  }

  private static long[] known(Map<String, long[]> table, String layer) {
    long[] row = table.get(layer);
    if (row == null) {
      throw new IllegalArgumentException(
          Text.format("firing counts: expected one of %s, found '%s'", table.keySet(), layer));
    }
    return row;
  }

  /** Whether the same layers have the same counts. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FiringCounts that
        && timesteps == that.timesteps
        && same(spikes, that.spikes)
        && same(neurons, that.neurons);
  }

  private static boolean same(Map<String, long[]> table, Map<String, long[]> other) {
    return table.keySet().equals(other.keySet())
        && table.keySet().stream()
            .allMatch(layer -> Arrays.equals(table.get(layer), other.get(layer)));
  }

  @Override
  public int hashCode() {
    return 31 * timesteps + spikes.keySet().hashCode();
  }
}
