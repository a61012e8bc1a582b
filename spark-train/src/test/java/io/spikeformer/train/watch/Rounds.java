package io.spikeformer.train.watch;

import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.train.FiringLimits;
import io.spikeformer.train.OptimizerSums;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.recipe.WatchSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rounds as a training of four steps an epoch, two a round, would report them. */
final class Rounds {
  static final FiringLimits LIMITS = new FiringLimits(new WatchSettings(0.01, 0.9), Map.of());

  private Rounds() {}

  /** The round with this number from 1; the layers q and k fire at these rates of 1000 neurons. */
  static RoundMetrics round(int number, long q, long k) {
    return round(number, q, k, LIMITS);
  }

  /** The same under other limits. */
  static RoundMetrics round(int number, long q, long k, FiringLimits limits) {
    FiringCounts firing = new FiringCounts(1);
    firing.addSums("stage3.block1.q", 0, q, 1000);
    firing.addSums("stage3.block1.k", 0, k, 1000);
    TrainingSums sums =
        new TrainingSums(
            new TrainingTally(8, 2 + number % 3, 8, 8.0 / number),
            new OptimizerSums(
                4, 6, 2.5, Map.of("stage3.block1", new OptimizerSums.TrustRatios(4, 2, 0.25, 1))),
            firing);
    return RoundMetrics.of(
        Tasks.of("classification"),
        new RoundMetrics.Place((number + 1) / 2, 2 - number % 2, 2L * number, 2),
        sums,
        0.001 * number,
        limits,
        new RoundMetrics.Seconds(1, 0.25, 0.75, 0.5));
  }

  /** A round whose loss has the parts score and delta. */
  static RoundMetrics inParts(int number) {
    RoundMetrics round = round(number);
    Map<String, Double> parts = new LinkedHashMap<>();
    parts.put("score", round.loss() / 4);
    parts.put("delta", 3 * round.loss() / 4);
    return new RoundMetrics(
        round.place(),
        round.samples(),
        round.loss(),
        parts,
        round.figure(),
        round.learningRate(),
        round.gradientNorm(),
        round.trustRatio(),
        round.firingRate(),
        round.silent(),
        round.saturated(),
        round.imagesPerSecond(),
        round.seconds());
  }

  static RoundMetrics round(int number) {
    return round(number, 100, 200);
  }
}
