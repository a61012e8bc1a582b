package io.spikeformer.train.spark.teach;

import io.spikeformer.common.Text;
import io.spikeformer.model.KernelProvider;
import java.util.List;

/**
 * Who answers for which split, and how.
 *
 * @param model URI of a checkpoint, of a training's output folder or of an ONNX file
 * @param data URI of the split
 * @param output URI of the new split's folder
 * @param preparation how samples are prepared for the teacher
 * @param timesteps that a checkpoint answers with; 0 for its own
 * @param work how the work is done
 */
public record TeachOptions(
    String model, String data, String output, Preparation preparation, int timesteps, Work work) {

  /**
   * How samples are prepared for a teacher: as a recipe evaluates.
   *
   * @param recipe as YAML; empty for that of the teacher's training, or of an ONNX file the
   *     defaults
   * @param source of the recipe, for messages
   * @param changes of the recipe's values, as {@code key=value}
   */
  public record Preparation(String recipe, String source, List<String> changes) {
    /** The teacher's own. */
    public static final Preparation OF_TEACHER = new Preparation("", "of the teacher", List.of());

    /** Copies the list. */
    public Preparation {
      changes = List.copyOf(changes);
    }
  }

  /**
   * How the work is done; of this, threads may touch the last digits of the logits, and batch size
   * and kernels as well, which the manifest therefore notes.
   *
   * @param batchSize samples at once, &gt;= 1
   * @param partitions tasks, at most one per shard; 0: as many as run at once when the job starts
   * @param threads native threads of a task; 0: spark.task.cpus
   * @param readerThreads threads of a task that read and decode ahead, &gt;= 1
   * @param kernels auto, fast or reference
   */
  public record Work(
      int batchSize, int partitions, int threads, int readerThreads, String kernels) {
    /** Checks the ranges. */
    public Work {
      KernelProvider.requireKnown(kernels);
      if (batchSize < 1 || partitions < 0 || threads < 0 || readerThreads < 1) {
        throw new IllegalArgumentException(
            Text.format(
                "teach: expected batch size and reader threads >= 1, partitions and threads >= 0,"
                    + " found %d, %d, %d and %d",
                batchSize, readerThreads, partitions, threads));
      }
    }
  }
}
