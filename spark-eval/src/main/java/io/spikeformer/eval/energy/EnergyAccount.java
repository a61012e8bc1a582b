package io.spikeformer.eval.energy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.spikeformer.common.UserException;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCost;
import io.spikeformer.model.cost.LayerCosts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Theoretical energy of one image (paper, Appendix B; docs/energy.md).
 *
 * <p>A layer that spikes drive costs MACs x firing rate of its input x E_AC at each timestep, a
 * layer with real-valued input MACs x E_MAC (see {@link RealInput}). With the published rates of
 * the 31M model, T = 4: 32.87 mJ fused and 14.54 mJ as executed.
 *
 * @param convention how operations were counted; figures of different conventions do not compare
 * @param constants energy per operation
 * @param timesteps T
 * @param layers counted layers from the stem to the head
 * @param attention the attention operators, which the totals leave out
 */
public record EnergyAccount(
    CountingConvention convention,
    EnergyConstants constants,
    int timesteps,
    List<LayerEnergy> layers,
    List<LayerEnergy> attention) {
  static final String HEAD = "head";

  /** Copies the lists. */
  public EnergyAccount {
    layers = List.copyOf(layers);
    attention = List.copyOf(attention);
  }

  /**
   * Accounts for a network.
   *
   * @param rates firing rates of all its neuron layers, T timesteps
   * @throws UserException if the rate of a layer is missing
   */
  public static EnergyAccount of(
      LayerCosts costs,
      FiringRates rates,
      EnergyConstants constants,
      CountingConvention convention) {
    return new EnergyAccount(
        convention,
        constants,
        rates.timesteps(),
        costs.layers(convention).stream().map(cost -> layer(cost, rates, constants)).toList(),
        costs.attention(convention).stream().map(cost -> layer(cost, rates, constants)).toList());
  }

  private static LayerEnergy layer(LayerCost cost, FiringRates rates, EnergyConstants constants) {
    List<Double> driving =
        cost.neurons()
            .map(layer -> timesteps(rates).mapToObj(t -> rates.rate(layer, t)).toList())
            .orElse(List.of());
    double real = millijoules(cost.macs(), constants.macPicojoules());
    double additions = millijoules(cost.macs(), constants.acPicojoules());
    List<Double> energies =
        timesteps(rates)
            .mapToObj(
                t ->
                    driving.isEmpty()
                        ? real(constants, real, t)
                        : additions == 0 ? 0 : driving.get(t) * additions)
            .toList();
    return new LayerEnergy(
        cost.part().label(),
        cost.stage(),
        cost.block(),
        cost.layer(),
        cost.operation(),
        cost.macs(),
        driving,
        energies,
        real);
  }

  private static double real(EnergyConstants constants, double millijoules, int timestep) {
    return switch (constants.realInput()) {
      case EVERY_TIMESTEP -> millijoules;
      case ONCE -> timestep == 0 ? millijoules : 0;
      case FREE -> 0;
    };
  }

  private static IntStream timesteps(FiringRates rates) {
    return IntStream.range(0, rates.timesteps());
  }

  private static double millijoules(long operations, double picojoules) {
    return operations * picojoules * 1e-9;
  }

  /** Energy of one image, the attention operators left out. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double millijoules() {
    return layers.stream().mapToDouble(LayerEnergy::millijoules).sum();
  }

  /** Energy of the attention operators, for those who count it. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double attentionMillijoules() {
    return attention.stream().mapToDouble(LayerEnergy::millijoules).sum();
  }

  /** Energy of the same layers in a network of real-valued activations, which needs one pass. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double annMillijoules() {
    return layers.stream().mapToDouble(LayerEnergy::annMillijoules).sum();
  }

  /** Additions that spikes cause in one image. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double synapticOperations() {
    return layers.stream().mapToDouble(LayerEnergy::synapticOperations).sum();
  }

  /** Energy at each timestep, in mJ. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public List<Double> millijoulesPerTimestep() {
    List<Double> sums = new ArrayList<>();
    for (int t = 0; t < timesteps; t++) {
      int timestep = t;
      sums.add(layers.stream().mapToDouble(l -> l.millijoulesPerTimestep().get(timestep)).sum());
    }
    return sums;
  }

  /** Energy of each stage in mJ, in order; the head is the last. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Map<String, Double> millijoulesPerStage() {
    return sums(LayerEnergy::stage, LayerEnergy::millijoules);
  }

  /** Energy of each stage of a network of real-valued activations in mJ. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Map<String, Double> annMillijoulesPerStage() {
    return sums(LayerEnergy::stage, LayerEnergy::annMillijoules);
  }

  /**
   * Energy of the head in mJ: of what follows the stages, a Semantic FPN with its neck for example.
   */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double headMillijoules() {
    return millijoulesPerStage().getOrDefault(HEAD, 0.0);
  }

  /** Energy of the stages in mJ. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public double backboneMillijoules() {
    return layers.stream()
        .filter(layer -> !layer.stage().equals(HEAD))
        .mapToDouble(LayerEnergy::millijoules)
        .sum();
  }

  /** Whether the head has several layers, so that its energy is worth a line. */
  public boolean hasDeepHead() {
    return layers.stream().filter(layer -> layer.stage().equals(HEAD)).count() > 1;
  }

  /**
   * Energy of each part of the network in mJ, in order: the backbone, the neck, and each head of a
   * detector of two stages.
   */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Map<String, Double> millijoulesPerPart() {
    return sums(LayerEnergy::part, LayerEnergy::millijoules);
  }

  /** Energy of each block in mJ, in order. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Map<String, Double> millijoulesPerBlock() {
    return sums(LayerEnergy::block, LayerEnergy::millijoules);
  }

  /** Energy of each block of a network of real-valued activations in mJ. */
  @JsonProperty(access = JsonProperty.Access.READ_ONLY)
  public Map<String, Double> annMillijoulesPerBlock() {
    return sums(LayerEnergy::block, LayerEnergy::annMillijoules);
  }

  private Map<String, Double> sums(
      Function<LayerEnergy, String> key, ToDoubleFunction<LayerEnergy> energy) {
    Map<String, Double> sums = new LinkedHashMap<>();
    layers.forEach(l -> sums.merge(key.apply(l), energy.applyAsDouble(l), Double::sum));
    return sums;
  }
}
