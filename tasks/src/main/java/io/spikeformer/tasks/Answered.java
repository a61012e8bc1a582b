package io.spikeformer.tasks;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.model.Outputs;

/**
 * A batch of an evaluation with the model's answer.
 *
 * @param shard index of the shard that the batch is of
 * @param batch the samples, with the targets that {@link Scoring#targets} made
 * @param input what the model saw of them
 * @param outputs the answer, as {@link Scoring#answer} gave it
 */
public record Answered(int shard, Batch batch, InputConfig input, Outputs outputs) {}
