package io.spikeformer.eval;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.eval.energy.LayerFiring;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.tasks.Figure;
import io.spikeformer.tasks.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The result of an evaluation, which the JSON file holds and the report shows. Fractions are in [0,
 * 1]; what has no support is NaN and named in {@link #notes}.
 *
 * @param task name of the task
 * @param source the model and the data
 * @param config architecture of the model, its T being the evaluated one
 * @param samples samples
 * @param loss mean loss per sample; empty of a task whose evaluations have none
 * @param outcome the task's results: figures, notes, sections of the report
 * @param firing spikes by neuron layer, in the order of the data
 * @param fused energy in the published convention
 * @param asExecuted energy of the operations as they are run
 * @param expansion how the run of a chip compares; empty of the usual run
 */
public record EvaluationResult(
    String task,
    EvaluationSource source,
    NetworkConfig config,
    long samples,
    OptionalDouble loss,
    TaskResult outcome,
    List<LayerFiring> firing,
    EnergyAccount fused,
    EnergyAccount asExecuted,
    Optional<Expansion> expansion) {

  /** Copies the list. */
  public EvaluationResult {
    firing = List.copyOf(firing);
  }

  /**
   * Computes the metrics of counts.
   *
   * @param task name of the task
   * @param outcome what the task made of its own counts
   */
  public static EvaluationResult of(
      String task,
      EvaluationSource source,
      NetworkConfig config,
      EvaluationCounts counts,
      TaskResult outcome,
      EnergyConstants constants) {
    RegionMeans regions = outcome.regions().orElse(RegionMeans.MOST);
    LayerCosts costs = LayerCosts.of(config, source.height(), source.width(), regions);
    FiringRates rates = FiringRates.of(counts.firing());
    return new EvaluationResult(
        task,
        source,
        config,
        counts.samples(),
        counts.loss(),
        outcome,
        firing(counts.firing()),
        EnergyAccount.of(costs, rates, constants, CountingConvention.FUSED),
        EnergyAccount.of(costs, rates, constants, CountingConvention.AS_EXECUTED),
        Expansion.of(counts.expansion()));
  }

  private static List<LayerFiring> firing(FiringCounts counts) {
    List<LayerFiring> layers = new ArrayList<>();
    for (String layer : counts.layers()) {
      List<Long> spikes = new ArrayList<>();
      List<Long> neurons = new ArrayList<>();
      for (int t = 0; t < counts.timesteps(); t++) {
        spikes.add(counts.spikes(layer, t));
        neurons.add(counts.neurons(layer, t));
      }
      layers.add(new LayerFiring(layer, spikes, neurons));
    }
    return layers;
  }

  /** The figure by which evaluations are compared. */
  public Figure primary() {
    return outcome.primary();
  }

  /** Spikes per neuron and timestep over all layers; NaN if nothing was counted. */
  public double firingRate() {
    long spikes = 0;
    long neurons = 0;
    for (LayerFiring layer : firing) {
      spikes += layer.spikes().stream().mapToLong(Long::longValue).sum();
      neurons += layer.neurons().stream().mapToLong(Long::longValue).sum();
    }
    return (double) spikes / neurons;
  }

  /**
   * Notes that a reader should know before trusting a number: undefined metrics and their reason.
   */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (samples == 0) {
      notes.add("There are no samples: every metric is undefined (NaN).");
    }
    if (samples < source.available()) {
      notes.add(
          Text.format(
              "Only the first %s of %s samples were evaluated.",
              Numbers.count(samples), Numbers.count(source.available())));
    }
    if (samples > 0 && !Double.isFinite(loss.orElse(0))) {
      notes.add("The loss is not finite: some logits are not numbers.");
    }
    notes.addAll(outcome.notes());
    return notes;
  }

  /** This result as a JSON object, metrics included; NaN is the text "NaN". */
  public String toJson() {
    return EvaluationJson.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws UserException if it is not such an object
   */
  public static EvaluationResult fromJson(String json) {
    return EvaluationJson.read(json);
  }
}
