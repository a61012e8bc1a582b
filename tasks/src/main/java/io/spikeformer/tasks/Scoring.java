package io.spikeformer.tasks;

import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.model.Outputs;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * How the answers of one model on one data set are scored. The driver makes it, and every task of
 * the evaluation has a copy.
 */
public interface Scoring extends Serializable {
  /** Makes what the samples of a batch must give, which {@link #add} takes. */
  TargetMaker targets();

  /** Empty counts of a network with T timesteps. */
  Counts counts(int timesteps);

  /**
   * Adds a batch of a shard; batches of a shard are added in its order.
   *
   * @param counts made by {@link #counts}
   * @param shard index of the shard
   * @param outputs of the model for the batch
   * @param targets what is true of it
   * @return mean loss over the batch
   */
  double add(Counts counts, int shard, Outputs outputs, Targets targets);

  /** The columns of a file of predictions, after that of the sample's key. */
  List<Column> columns();

  /** The predictions of a batch: for each sample the values of {@link #columns}. */
  List<List<?>> predictions(Outputs outputs, Targets targets);

  /** The result of counts. */
  TaskResult result(Counts counts);

  /** One line that warns of what could not be checked; empty if there is nothing. */
  Optional<String> warning();
}
