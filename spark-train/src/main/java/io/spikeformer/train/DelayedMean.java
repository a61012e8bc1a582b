package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.StepRates;
import io.spikeformer.train.recipe.Recipe;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Applies the mean of a round at the end of the next one, as delayed averaging does (DaSGD, Zhou et
 * al. 2020; Overlap Local-SGD, Wang et al. 2020).
 *
 * <p>A worker sends a and trains on from it, to x after k steps. Then comes the mean m of what all
 * have sent. It goes on with what it would have had if it had begun with m and seen the same
 * gradients:
 *
 * <pre>a' = x + beta^k (m - a)</pre>
 *
 * <p>where beta is what a step leaves of a value: 1 of a parameter, the optimizer's factor of a
 * moment, 1 less the momentum of a running statistic, and 1 of one that stays. Second moments and
 * variances are at least 0. It is computed in two steps, each rounded to float, so that a worker
 * keeps one value of each until the mean comes:
 *
 * <pre>z = x - beta^k a,   a' = z + beta^k m</pre>
 *
 * <p>A batch normalisation that a step runs several times forgets faster than beta^k says. That
 * shifts statistics between workers and leaves their mean as it is, since the workers' differences
 * from the mean add up to 0.
 */
public final class DelayedMean implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final String VARIANCE = ".runningVar";

  /** Values of the model's state, and of each moment. */
  private final int vector;

  /** First values of tensors of the model, and the ends of those. */
  private final int[] from;

  private final int[] to;
  private final Kind[] kinds;
  private final Kind[] moments;

  /** How a value is treated. */
  private enum Kind {
    CONSTANT,
    STATISTIC,
    VARIANCE,
    FIRST_MOMENT,
    SECOND_MOMENT;

    boolean neverNegative() {
      return this == VARIANCE || this == SECOND_MOMENT;
    }
  }

  private DelayedMean(ParameterLayout layout, OptimizerName optimizer, Predicate<Entry> stays) {
    this.vector = Math.toIntExact(layout.length());
    this.from = layout.entries().stream().mapToInt(entry -> (int) entry.offset()).toArray();
    this.to =
        layout.entries().stream()
            .mapToInt(entry -> (int) (entry.offset() + entry.length()))
            .toArray();
    this.kinds = layout.entries().stream().map(entry -> kind(entry, stays)).toArray(Kind[]::new);
    this.moments =
        Arrays.copyOf(new Kind[] {Kind.FIRST_MOMENT, Kind.SECOND_MOMENT}, optimizer.moments());
  }

  private static Kind kind(Entry entry, Predicate<Entry> stays) {
    if (entry.kind().trainable() || stays.test(entry)) {
      return Kind.CONSTANT;
    }
    return entry.name().endsWith(VARIANCE) ? Kind.VARIANCE : Kind.STATISTIC;
  }

  /** The treatment of a recipe's training. */
  public static DelayedMean of(Recipe recipe) {
    NetworkConfig network = recipe.model().toConfig();
    FrozenParts frozen = recipe.freeze().toFrozenParts();
    Set<String> blocks = frozen.blocks(network);
    return new DelayedMean(
        ParameterLayout.of(network),
        recipe.optimizer().toConfig().name(),
        entry ->
            frozen.normalisation() == FrozenParts.Normalisation.STATISTICS
                || blocks.contains(entry.block()));
  }

  /**
   * What the steps of a round leave of a value.
   *
   * @param statistics of running statistics, after 0, 1, ... steps
   * @param first of the first moment
   * @param second of the second moment
   */
  public record Factors(double[] statistics, double[] first, double[] second)
      implements Serializable {

    /**
     * Those of a round.
     *
     * @param step optimizer steps before
     * @param steps of the round
     */
    public static Factors of(OptimizerConfig optimizer, Schedule schedule, long step, int steps) {
      double[] statistics = new double[steps + 1];
      double[] first = new double[steps + 1];
      double[] second = new double[steps + 1];
      statistics[0] = 1;
      first[0] = 1;
      second[0] = 1;
      for (int i = 0; i < steps; i++) {
        // as the kernels see them
        float beta =
            optimizer.name() == OptimizerName.SGD
                ? (float) StepRates.of(optimizer, schedule, step + i).momentum()
                : (float) optimizer.beta1();
        statistics[i + 1] = statistics[i] * (1 - ParameterLayout.STATISTIC_MOMENTUM);
        first[i + 1] = first[i] * beta;
        second[i + 1] = second[i] * (float) optimizer.beta2();
      }
      return new Factors(statistics, first, second);
    }

    private double of(Kind kind, int steps) {
      return switch (kind) {
        case CONSTANT -> 1;
        case STATISTIC, VARIANCE -> statistics[steps];
        case FIRST_MOMENT -> first[steps];
        case SECOND_MOMENT -> second[steps];
      };
    }
  }

  /**
   * Takes what a worker has sent of some values that follow each other from what it has trained.
   *
   * @param first place of the first of them in the state
   * @param sent a: what the worker has sent of them
   * @param values x: what it has trained since; receives z
   * @param factors of the steps of that round
   * @param steps k: those that the worker has taken
   */
  public void take(int first, float[] sent, float[] values, Factors factors, int steps) {
    requireLength(sent, values);
    forParts(
        first,
        sent.length,
        (kind, from, to) -> {
          double factor = factors.of(kind, steps);
          for (int i = from; i < to; i++) {
            // nothing left is a negative zero, which takes no sign from the mean
            values[i] = -(float) (factor * sent[i] - values[i]);
          }
        });
  }

  /**
   * Adds a mean to what was taken.
   *
   * @param first as of {@link #take}
   * @param mean m: the mean of what all have sent
   * @param values z; receives a'
   * @param factors as of {@link #take}
   * @param steps as of {@link #take}
   */
  public void add(int first, float[] mean, float[] values, Factors factors, int steps) {
    requireLength(mean, values);
    forParts(
        first,
        mean.length,
        (kind, from, to) -> {
          double factor = factors.of(kind, steps);
          for (int i = from; i < to; i++) {
            float sum = (float) (values[i] + factor * mean[i]);
            values[i] = sum < 0 && kind.neverNegative() ? 0 : sum;
          }
        });
  }

  private static void requireLength(float[] common, float[] values) {
    if (values.length < common.length) {
      throw new IllegalArgumentException(
          Text.format(
              "delayed mean: expected %s values or more, found %s trained",
              common.length, values.length));
    }
  }

  /** Values [from, to) of those that follow each other, of one kind. */
  @FunctionalInterface
  private interface Part {
    void apply(Kind kind, int from, int to);
  }

  private void forParts(int first, int count, Part part) {
    int end = first + count;
    for (int tensor = 0; tensor < from.length; tensor++) {
      forPart(from[tensor] - first, to[tensor] - first, count, kinds[tensor], part);
    }
    for (int moment = 0; moment < moments.length && (1 + moment) * (long) vector < end; moment++) {
      int begin = (1 + moment) * vector - first;
      forPart(begin, begin + vector, count, moments[moment], part);
    }
  }

  private static void forPart(int from, int to, int count, Kind kind, Part part) {
    if (from < count && to > 0) {
      part.apply(kind, Math.max(0, from), Math.min(to, count));
    }
  }
}
