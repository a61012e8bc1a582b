package io.spikeformer.train;

import io.spikeformer.common.UserException;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.order.TrainingOrder;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.recipe.FrequencySettings;
import io.spikeformer.train.recipe.Recipe;
import java.util.Arrays;
import java.util.List;

/**
 * How each epoch falls into rounds and minibatches, a pure function of the recipe and of the sizes
 * of the shards. All epochs have the same steps, except for a last one that a number of iterations
 * cuts short. They have the same rounds unless the rounds' length follows the learning rate.
 */
public final class EpochPlan {
  private final TrainingOrder order;
  private final int batchSize;
  private final int batches;
  private final int smallestBatch;
  private final TrainingLength length;

  /**
   * Plans the epochs.
   *
   * @param recipe batch size, workers, frequency, schedule, seed
   * @param rows rows of each training shard
   * @throws UserException if there are fewer shards than workers, or if a worker's share has no
   *     whole minibatch
   */
  public EpochPlan(Recipe recipe, int[] rows) {
    int workers = recipe.averaging().workers();
    long filled = Arrays.stream(rows).filter(count -> count > 0).count();
    if (filled < workers) {
      throw new UserException(
          "training data: expected a shard or more for each of %s workers, found %s shards with"
              + " samples; lower averaging.workers or prepare the data in more shards",
          workers, filled);
    }
    order = new TrainingOrder(rows, workers, recipe.seed(), recipe.data().shuffleGroup());
    batchSize = recipe.data().batchSize();
    int smallest = Integer.MAX_VALUE;
    int largest = 0;
    for (int worker = 0; worker < workers; worker++) {
      smallest = Math.min(smallest, order.size(worker));
      largest = Math.max(largest, order.size(worker));
    }
    batches =
        recipe.data().dropLast() ? smallest / batchSize : (largest + batchSize - 1) / batchSize;
    smallestBatch = recipe.data().dropLast() ? batchSize : smallestBatch(workers);
    if (smallest < batchSize) {
      throw new UserException(
          "training data: expected at least %s samples for each of %s workers, found %s; lower"
              + " data.batch-size or averaging.workers",
          batchSize, workers, smallest);
    }
    Schedule schedule = recipe.schedule().toSchedule(batches, recipe.samplesPerStep());
    FrequencySettings frequency = recipe.averaging().frequency();
    length =
        TrainingLength.of(schedule.totalSteps(), batches, step -> frequency.steps(schedule, step));
  }

  private int smallestBatch(int workers) {
    int found = batchSize;
    for (int worker = 0; worker < workers; worker++) {
      int last = order.size(worker) % batchSize;
      found = last == 0 ? found : Math.min(found, last);
    }
    return found;
  }

  /** Samples of the smallest minibatch of any worker: the last one of an epoch may be smaller. */
  public int smallestBatch() {
    return smallestBatch;
  }

  /** Optimizer steps of a whole epoch: minibatches of the worker that has the most. */
  public int steps() {
    return batches;
  }

  /** Steps, rounds and epochs of the training. */
  public TrainingLength length() {
    return length;
  }

  /** Samples of a worker in every epoch, before what drop-last leaves out. */
  public int samples(int worker) {
    return order.size(worker);
  }

  /** Shards that a worker's samples are in, in the first epoch. */
  public int shards(int worker) {
    return (int) order.order(worker, 0).stream().mapToInt(SampleRef::shard).distinct().count();
  }

  /** The samples that a worker trains in a round, in order; at the end of an epoch maybe fewer. */
  public List<SampleRef> samples(int worker, int epoch, int round) {
    List<SampleRef> all = order.order(worker, epoch);
    int from = Math.min(all.size(), length.begin(epoch, round) * batchSize);
    int to = Math.min(all.size(), from + length.steps(epoch, round) * batchSize);
    return all.subList(from, to);
  }
}
