package io.spikeformer.eval;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.chip.ExpansionCounts;
import io.spikeformer.tasks.Counts;
import java.io.Serializable;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The counts of an evaluation: samples, spikes and, if the task has one, the loss; and the task's
 * own.
 *
 * <p>Counts of disjoint sets of shards merge exactly, in any order and grouping. All of them are
 * integers except the loss, which is kept per shard and summed in the order of the shards. A shard
 * belongs to one part as a whole. Not thread-safe.
 */
public final class EvaluationCounts implements Serializable {
  private static final long serialVersionUID = 1;

  private final Counts task;
  private final TreeMap<Integer, Double> lossSums = new TreeMap<>();
  private final FiringCounts firing;
  private final ExpansionCounts expansion = new ExpansionCounts();
  private long samples;
  private long withoutLoss;

  /**
   * Empty counts.
   *
   * @param task counts of the task, empty as well
   * @param timesteps T, &gt;= 1
   */
  public EvaluationCounts(Counts task, int timesteps) {
    this.task = task;
    this.firing = new FiringCounts(timesteps);
  }

  /**
   * Adds a batch of a shard, which {@link #task} has counted; batches of a shard are added in its
   * order.
   *
   * @param shard index of the shard
   * @param size samples of the batch
   * @param meanLoss mean loss over the batch; empty of a task whose evaluations have no loss
   */
  public void add(int shard, int size, OptionalDouble meanLoss) {
    lossSums.merge(shard, meanLoss.orElse(0) * size, Double::sum);
    samples += size;
    withoutLoss += meanLoss.isPresent() ? 0 : size;
  }

  /**
   * Adds the counts of other shards.
   *
   * @throws IllegalArgumentException if a shard is in both, or tasks or timesteps differ
   */
  public void merge(EvaluationCounts other) {
    for (Map.Entry<Integer, Double> entry : other.lossSums.entrySet()) {
      if (lossSums.putIfAbsent(entry.getKey(), entry.getValue()) != null) {
        throw new IllegalArgumentException(
            Text.format("evaluation counts: shard %s is counted twice", entry.getKey()));
      }
    }
    firing.merge(other.firing);
    expansion.merge(other.expansion);
    task.merge(other.task);
    samples += other.samples;
    withoutLoss += other.withoutLoss;
  }

  /** The counts of the task. */
  public Counts task() {
    return task;
  }

  /** Spikes per neuron layer and timestep; the model adds to it. */
  public FiringCounts firing() {
    return firing;
  }

  /** How the run of a chip compares, of samples that ran so; the model adds to it. */
  public ExpansionCounts expansion() {
    return expansion;
  }

  /** All samples. */
  public long samples() {
    return samples;
  }

  /** Mean loss per sample, NaN without samples; empty if samples have none. */
  public OptionalDouble loss() {
    if (withoutLoss > 0) {
      return OptionalDouble.empty();
    }
    double sum = 0;
    for (double shard : lossSums.values()) {
      sum += shard;
    }
    return OptionalDouble.of(sum / samples);
  }
}
