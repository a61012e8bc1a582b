package io.spikeformer.train.watch;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.eval.page.Markup;
import io.spikeformer.tasks.Figure;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.output.EpochMetrics;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** The curves of loss, accuracy, optimizer and speed over the optimizer steps. */
final class LearningCharts {
  private final Markup page;
  private final List<RoundHistory.Point> points;
  private final List<EpochMetrics> epochs;
  private final RoundMetrics latest;
  private final int stepsPerEpoch;

  /**
   * Charts of a training.
   *
   * @param points the rounds so far, at least one
   * @param epochs the epochs that have ended
   * @param latest the last round, which knows whether the optimizer has trust ratios
   * @param stepsPerEpoch optimizer steps of an epoch
   */
  LearningCharts(
      Markup page,
      List<RoundHistory.Point> points,
      List<EpochMetrics> epochs,
      RoundMetrics latest,
      int stepsPerEpoch) {
    this.page = page;
    this.points = points;
    this.epochs = epochs;
    this.latest = latest;
    this.stepsPerEpoch = stepsPerEpoch;
  }

  void draw() {
    double end = points.get(points.size() - 1).end();
    page.open("section").element("h2", "Learning");
    page.element(
        "p",
        "Over the optimizer steps, of which an epoch has " + Numbers.count(stepsPerEpoch) + ".",
        "class",
        "note");
    page.open("div", "class", "pair");
    new LineChart("Loss", end, Numbers::plain)
        .curve("training", values(RoundHistory.Point::loss))
        .dots("validation", validation(EpochMetrics.Validation::knownLoss))
        .draw(page);
    if (!latest.losses().isEmpty()) {
      LineChart parts = new LineChart("Parts of the loss", end, Numbers::plain);
      for (String part : latest.losses().keySet()) {
        parts.curve(part, values(p -> p.tally().parts().getOrDefault(part, Double.NaN)));
      }
      parts.draw(page);
    }
    figures(end);
    new LineChart("Learning rate", end, LearningCharts::rate)
        .curve("last step", values(RoundHistory.Point::learningRate))
        .draw(page);
    new LineChart("Gradient norm", end, Numbers::plain)
        .curve("mean", values(p -> p.optimizer().gradientNormSum() / p.rounds()))
        .curve("largest", values(p -> p.optimizer().largestGradientNorm()))
        .draw(page);
    if (latest.trustRatio() != null) {
      new LineChart("Trust ratio of LAMB", end, Numbers::plain)
          .curve("mean", values(p -> p.optimizer().trustRatioSum() / p.rounds()))
          .curve("smallest", values(p -> p.optimizer().smallestTrustRatio()))
          .draw(page);
    }
    new LineChart("Images per second", end, Numbers::plain)
        .curve("whole round", values(RoundHistory.Point::imagesPerSecond))
        .draw(page);
    page.close().close();
  }

  /** The training figure and the primary one of validation, in one chart if they are alike. */
  private void figures(double end) {
    Figure trained = latest.figure();
    LineChart training =
        new LineChart(trained.label(), end, trained.unit()::shortened)
            .curve("training", values(RoundHistory.Point::figure));
    double[] dots = validation(validation -> OptionalDouble.of(validation.primary().value()));
    Figure validated =
        epochs.stream()
            .map(EpochMetrics::validation)
            .filter(Objects::nonNull)
            .map(EpochMetrics.Validation::primary)
            .findFirst()
            .orElse(trained);
    if (validated.label().equals(trained.label())) {
      training.dots("validation", dots).draw(page);
      return;
    }
    training.draw(page);
    new LineChart(validated.label(), end, validated.unit()::shortened)
        .dots("validation", dots)
        .draw(page);
  }

  private double[] values(ToDoubleFunction<RoundHistory.Point> value) {
    double[] pairs = new double[2 * points.size()];
    for (int i = 0; i < points.size(); i++) {
      RoundHistory.Point point = points.get(i);
      pairs[2 * i] = (point.begin() + point.end()) / 2.0;
      pairs[2 * i + 1] = value.applyAsDouble(point);
    }
    return pairs;
  }

  private double[] validation(Function<EpochMetrics.Validation, OptionalDouble> value) {
    return epochs.stream()
        .filter(epoch -> epoch.validation() != null)
        .flatMapToDouble(
            epoch ->
                value.apply(epoch.validation()).stream()
                    .flatMap(known -> DoubleStream.of(epoch.step(), known)))
        .toArray();
  }

  /** A learning rate. */
  static String rate(double value) {
    return Text.format("%.1e", value);
  }
}
