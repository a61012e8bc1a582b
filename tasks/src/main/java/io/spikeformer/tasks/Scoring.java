package io.spikeformer.tasks;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.data.batch.TargetMaker;
import io.spikeformer.model.Outputs;
import java.io.IOException;
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

  /**
   * Asks a model about a batch: once about its images as they are, except where a scoring needs
   * several answers, for example of the parts of an image.
   *
   * @param batch of samples
   * @param input what the model sees of them
   * @param model answers images
   * @param use takes the answer, which does not outlive the call
   * @throws IOException only from {@code use}
   */
  default void answer(Batch batch, InputConfig input, Answerer model, AnswerUse use)
      throws IOException {
    use.accept(model.of(batch));
  }

  /** Takes the answer to a batch. */
  @FunctionalInterface
  interface AnswerUse {
    /** Takes outputs, which hold until it returns. */
    void accept(Outputs outputs) throws IOException;
  }

  /** Empty counts of a network with T timesteps. */
  Counts counts(int timesteps);

  /**
   * Adds a batch of a shard; batches of a shard are added in its order.
   *
   * @param counts made by {@link #counts}
   * @param answered the batch with the model's answer
   * @return its loss and predictions
   * @throws io.spikeformer.common.UserException in one line if a sample cannot be scored
   */
  Scored add(Counts counts, Answered answered);

  /** The columns of a file of predictions, after that of the sample's key. */
  List<Column> columns();

  /** The result of counts. */
  TaskResult result(Counts counts);

  /** One line that warns of what could not be checked; empty if there is nothing. */
  Optional<String> warning();
}
