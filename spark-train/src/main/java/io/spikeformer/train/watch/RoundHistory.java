package io.spikeformer.train.watch;

import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.train.RoundMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rounds so far as a curve of at most {@link #CAPACITY} points, however many they are. When it
 * is full, points are joined in pairs. From then on each stands for twice as many rounds.
 */
final class RoundHistory {
  /** Most points. */
  static final int CAPACITY = 128;

  private final List<Point> points = new ArrayList<>();
  private long roundsPerPoint = 1;

  /**
   * Some rounds in succession, as sums.
   *
   * @param rounds how many
   * @param begin optimizer steps before them
   * @param end optimizer steps after them
   * @param tally samples, loss and what the training figure counts
   * @param learningRate of the last round
   * @param optimizer sums over the rounds of what the optimizer measured
   * @param activity sums over the rounds of firing rates and seconds
   */
  record Point(
      long rounds,
      long begin,
      long end,
      TrainingTally tally,
      double learningRate,
      Optimizer optimizer,
      Activity activity) {
    double loss() {
      return tally.loss();
    }

    /** The training figure, a share of counts. */
    double figure() {
      return (double) tally.hits() / tally.counted();
    }

    long samples() {
      return tally.samples();
    }

    double imagesPerSecond() {
      return tally.samples() / activity.seconds().round();
    }

    Point plus(Point next) {
      return new Point(
          rounds + next.rounds,
          begin,
          next.end,
          tally.plus(next.tally),
          next.learningRate,
          optimizer.plus(next.optimizer),
          activity.plus(next.activity));
    }
  }

  /**
   * The measurements of the optimizer.
   *
   * @param gradientNormSum mean norm of each round, summed
   * @param largestGradientNorm largest norm
   * @param trustRatioSum mean trust ratio of each round, summed; NaN without trust ratios
   * @param smallestTrustRatio smallest trust ratio
   */
  record Optimizer(
      double gradientNormSum,
      double largestGradientNorm,
      double trustRatioSum,
      double smallestTrustRatio) {
    Optimizer plus(Optimizer next) {
      return new Optimizer(
          gradientNormSum + next.gradientNormSum,
          Math.max(largestGradientNorm, next.largestGradientNorm),
          trustRatioSum + next.trustRatioSum,
          Math.min(smallestTrustRatio, next.smallestTrustRatio));
    }
  }

  /**
   * Firing rates and time.
   *
   * @param firing rate of each round by block, weighted by samples
   * @param seconds wall time
   */
  record Activity(Map<String, Double> firing, RoundMetrics.Seconds seconds) {
    Activity plus(Activity next) {
      Map<String, Double> both = new LinkedHashMap<>(firing);
      next.firing.forEach((block, sum) -> both.merge(block, sum, Double::sum));
      return new Activity(
          both,
          new RoundMetrics.Seconds(
              seconds.compute() + next.seconds.compute(),
              seconds.data() + next.seconds.data(),
              seconds.averaging() + next.seconds.averaging(),
              seconds.checkpoint() + next.seconds.checkpoint()));
    }
  }

  /**
   * Adds a round.
   *
   * @param steps optimizer steps of the round
   */
  void add(RoundMetrics round, long steps) {
    Point point = point(round, steps);
    int last = points.size() - 1;
    if (last >= 0 && points.get(last).rounds() < roundsPerPoint) {
      points.set(last, points.get(last).plus(point));
      return;
    }
    if (points.size() == CAPACITY) {
      List<Point> joined = joined(points);
      points.clear();
      points.addAll(joined);
      roundsPerPoint *= 2;
    }
    points.add(point);
  }

  /** The points, oldest first. */
  List<Point> points() {
    return List.copyOf(points);
  }

  /** At most half as many points, in pairs. */
  static List<Point> joined(List<Point> points) {
    List<Point> joined = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      Point point = points.get(i);
      joined.add(i + 1 < points.size() ? point.plus(points.get(i + 1)) : point);
    }
    return joined;
  }

  private static Map<String, Double> partSums(RoundMetrics round) {
    Map<String, Double> sums = new LinkedHashMap<>();
    round.losses().forEach((part, mean) -> sums.put(part, mean * round.samples()));
    return sums;
  }

  private static Point point(RoundMetrics round, long steps) {
    long end = round.place().step();
    RoundMetrics.TrustRatio trust = round.trustRatio();
    Map<String, Double> firing = new LinkedHashMap<>();
    round.firingRate().forEach((block, rate) -> firing.put(block, rate * round.samples()));
    return new Point(
        1,
        end - steps,
        end,
        new TrainingTally(
            round.samples(),
            round.figure().numerator(),
            round.figure().denominator(),
            round.loss() * round.samples(),
            partSums(round)),
        round.learningRate(),
        new Optimizer(
            round.gradientNorm().mean(),
            round.gradientNorm().max(),
            trust == null ? Double.NaN : trust.mean(),
            trust == null ? Double.NaN : trust.min()),
        new Activity(firing, round.seconds()));
  }
}
