package io.spikeformer.train.watch;

import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.output.EpochMetrics;
import java.util.LinkedHashMap;
import java.util.Map;

/** The names under which TensorBoard shows the metrics. */
final class Scalars {
  private Scalars() {}

  static Map<String, Double> of(RoundMetrics round) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("train/loss", round.loss());
    round.losses().forEach((part, mean) -> values.put("train/loss/" + part, mean));
    values.put("train/" + round.figure().name(), round.figure().value());
    values.put("train/learning_rate", round.learningRate());
    values.put("train/gradient_norm", round.gradientNorm().mean());
    values.put("train/gradient_norm_max", round.gradientNorm().max());
    if (round.trustRatio() != null) {
      values.put("trust_ratio/min", round.trustRatio().min());
      values.put("trust_ratio/mean", round.trustRatio().mean());
      values.put("trust_ratio/max", round.trustRatio().max());
      round
          .trustRatio()
          .blocks()
          .forEach((block, ratio) -> values.put("trust_ratio/" + block, ratio));
    }
    round.firingRate().forEach((block, rate) -> values.put("firing_rate/" + block, rate));
    values.put("speed/images_per_second", round.imagesPerSecond());
    values.put("time/compute", round.seconds().compute());
    values.put("time/data", round.seconds().data());
    values.put("time/averaging", round.seconds().averaging());
    values.put("time/checkpoint", round.seconds().checkpoint());
    return values;
  }

  static Map<String, Double> of(EpochMetrics epoch) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("epoch/number", (double) epoch.epoch());
    values.put("epoch/train_loss", epoch.trainLoss());
    epoch.trainLosses().forEach((part, mean) -> values.put("epoch/train_loss/" + part, mean));
    values.put("epoch/train_" + epoch.trainFigure().name(), epoch.trainFigure().value());
    if (epoch.validation() != null) {
      epoch.validation().knownLoss().ifPresent(loss -> values.put("validation/loss", loss));
      epoch
          .validation()
          .figures()
          .forEach(figure -> values.put("validation/" + figure.name(), figure.value()));
    }
    return values;
  }
}
