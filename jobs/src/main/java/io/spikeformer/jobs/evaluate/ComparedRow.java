package io.spikeformer.jobs.evaluate;

import io.spikeformer.eval.energy.EnergyAccount;
import io.spikeformer.eval.energy.EnergyConstants;
import io.spikeformer.eval.energy.FiringRates;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import io.spikeformer.model.cost.ModelSummary;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A published row and the same computed.
 *
 * @param table that it is of
 * @param parameters exact
 * @param fused energy at the stated rate in the published convention
 * @param executed energy at that rate as executed
 * @param impliedRate the rate of all layers at which the fused energy is the published power
 * @param share how the published power divides between backbone and head, if the backbone fires as
 *     in the published classification network; empty where no power is known for both
 */
record ComparedRow(
    PublishedResult published,
    PaperTable table,
    long parameters,
    EnergyAccount fused,
    EnergyAccount executed,
    OptionalDouble impliedRate,
    Optional<Share> share) {

  /**
   * The parts of a published power.
   *
   * @param backbone mJ of the stages, at the rate implied for the same stages in Table 1
   * @param head mJ that are left for neck and heads; below 0 where the stages alone cost more
   * @param headRate the rate of neck and heads at which they cost that; empty below 0
   */
  record Share(double backbone, double head, OptionalDouble headRate) {}

  /** Computes a row where all layers fire at a rate. */
  static ComparedRow of(PublishedResult published, double rate) {
    NetworkConfig config = published.config();
    PaperTable table = PaperTable.of(published.table()).orElseThrow();
    LayerCosts costs = costs(published, config);
    EnergyAccount fused = account(config, costs, CountingConvention.FUSED, rate);
    return new ComparedRow(
        published,
        table,
        ModelSummary.of(config, table.size().height(), table.size().width()).parameters(),
        fused,
        account(config, costs, CountingConvention.AS_EXECUTED, rate),
        impliedRate(published),
        table.heads() ? share(published, config, costs) : Optional.empty());
  }

  private static LayerCosts costs(PublishedResult published, NetworkConfig config) {
    PaperTable table = PaperTable.of(published.table()).orElseThrow();
    return LayerCosts.of(config, table.size().height(), table.size().width());
  }

  private static EnergyAccount account(
      NetworkConfig config, LayerCosts costs, CountingConvention convention, double rate) {
    return EnergyAccount.of(
        costs, FiringRates.uniform(config, rate), EnergyConstants.NANOMETRES_45, convention);
  }

  /** Energy is linear in the rate: what is left without spikes is the first convolution's. */
  private static OptionalDouble impliedRate(PublishedResult published) {
    if (published.millijoules().isEmpty()) {
      return OptionalDouble.empty();
    }
    NetworkConfig config = published.config();
    LayerCosts costs = costs(published, config);
    double silent = account(config, costs, CountingConvention.FUSED, 0).millijoules();
    double firing = account(config, costs, CountingConvention.FUSED, 1).millijoules();
    return OptionalDouble.of((published.millijoules().getAsDouble() - silent) / (firing - silent));
  }

  private static Optional<Share> share(
      PublishedResult published, NetworkConfig config, LayerCosts costs) {
    OptionalDouble classification =
        PublishedResult.all().stream()
            .filter(row -> row.table() == 1 && row.timesteps() == published.timesteps())
            .filter(row -> stages(row.config()).equals(stages(config)))
            .findFirst()
            .map(ComparedRow::impliedRate)
            .orElse(OptionalDouble.empty());
    if (classification.isEmpty() || published.millijoules().isEmpty()) {
      return Optional.empty();
    }
    double rate = classification.getAsDouble();
    double backbone = account(config, costs, CountingConvention.FUSED, rate).backboneMillijoules();
    double left = published.millijoules().getAsDouble() - backbone;
    double head = account(config, costs, CountingConvention.FUSED, 1).headMillijoules();
    OptionalDouble headRate = left < 0 ? OptionalDouble.empty() : OptionalDouble.of(left / head);
    return Optional.of(new Share(backbone, left, headRate));
  }

  private static List<BlockSpec> stages(NetworkConfig config) {
    return config.blocks().stream().filter(block -> block.stage() > 0).toList();
  }
}
