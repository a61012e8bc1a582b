package io.spikeformer.data.shard;

import io.spikeformer.data.sample.Task;
import java.io.Serializable;
import java.util.Objects;

/**
 * Which columns the shards of a split have.
 *
 * @param task of the split, which decides the columns of a sample
 * @param logits values in the column of a teacher's logits, one for each class; 0 without that
 *     column
 */
public record ShardColumns(Task task, int logits) implements Serializable {
  /** Checks that the task's samples can have logits. */
  public ShardColumns {
    Objects.requireNonNull(task, "task");
    if (logits < 0 || logits > 0 && task != Task.CLASSIFICATION && task != Task.EVENTS) {
      throw new IllegalArgumentException(
          "logits of %d values: expected none in %s samples".formatted(logits, task.sampleName()));
    }
  }

  /** The columns of a task alone. */
  public static ShardColumns of(Task task) {
    return new ShardColumns(task, 0);
  }
}
