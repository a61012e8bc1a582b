package io.spikeformer.train;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.StepRates;
import io.spikeformer.train.recipe.Recipe;
import java.io.Serializable;
import java.util.Arrays;

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
 * moment, 1 less the momentum of a running statistic. Second moments and variances are at least 0.
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
    PARAMETER,
    STATISTIC,
    VARIANCE,
    FIRST_MOMENT,
    SECOND_MOMENT;

    boolean neverNegative() {
      return this == VARIANCE || this == SECOND_MOMENT;
    }
  }

  /** The treatment of a model's state and of its optimizer's moments. */
  public DelayedMean(ParameterLayout layout, OptimizerName optimizer) {
    this.vector = Math.toIntExact(layout.length());
    this.from = layout.entries().stream().mapToInt(entry -> (int) entry.offset()).toArray();
    this.to =
        layout.entries().stream()
            .mapToInt(entry -> (int) (entry.offset() + entry.length()))
            .toArray();
    this.kinds = layout.entries().stream().map(DelayedMean::kind).toArray(Kind[]::new);
    this.moments =
        Arrays.copyOf(new Kind[] {Kind.FIRST_MOMENT, Kind.SECOND_MOMENT}, optimizer.moments());
  }

  private static Kind kind(Entry entry) {
    if (entry.kind().trainable()) {
      return Kind.PARAMETER;
    }
    return entry.name().endsWith(VARIANCE) ? Kind.VARIANCE : Kind.STATISTIC;
  }

  /** The treatment of a recipe's training. */
  public static DelayedMean of(Recipe recipe) {
    return new DelayedMean(
        ParameterLayout.of(recipe.model().toConfig()), recipe.optimizer().toConfig().name());
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
        case PARAMETER -> 1;
        case STATISTIC, VARIANCE -> statistics[steps];
        case FIRST_MOMENT -> first[steps];
        case SECOND_MOMENT -> second[steps];
      };
    }
  }

  /**
   * Applies a mean to some values that follow each other.
   *
   * @param first place of the first of them in the state
   * @param sent a: what the worker has sent of them, as far as it has
   * @param mean m: the mean of that, as long
   * @param values x: what it has trained in the meantime; receives a'
   * @param factors of the steps of that round
   * @param steps k: those that the worker has taken
   */
  public void apply(
      int first, float[] sent, float[] mean, float[] values, Factors factors, int steps) {
    if (mean.length != sent.length || values.length < sent.length) {
      throw new IllegalArgumentException(
          Text.format(
              "delayed mean: expected %s values, found a mean of %s and %s trained",
              sent.length, mean.length, values.length));
    }
    Part part = new Part(sent, mean, values);
    int end = first + sent.length;
    for (int tensor = 0; tensor < from.length; tensor++) {
      part.add(from[tensor] - first, to[tensor] - first, kinds[tensor], factors, steps);
    }
    for (int moment = 0; moment < moments.length && (1 + moment) * (long) vector < end; moment++) {
      int begin = (1 + moment) * vector - first;
      part.add(begin, begin + vector, moments[moment], factors, steps);
    }
  }

  /** Values that follow each other. */
  private record Part(float[] sent, float[] mean, float[] values) {
    /** Those of [from, to), as far as they are here. */
    void add(int from, int to, Kind kind, Factors factors, int steps) {
      double factor = factors.of(kind, steps);
      double least = kind.neverNegative() ? 0 : Double.NEGATIVE_INFINITY;
      for (int i = Math.max(0, from); i < Math.min(to, sent.length); i++) {
        double change = (double) mean[i] - sent[i];
        // else a zero would lose its sign
        if (change != 0) {
          values[i] = (float) Math.max(least, values[i] + factor * change);
        }
      }
    }
  }
}
