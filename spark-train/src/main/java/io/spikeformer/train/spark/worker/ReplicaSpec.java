package io.spikeformer.train.spark.worker;

import io.spikeformer.data.spark.SameBuild;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.tasks.Task;
import io.spikeformer.train.teacher.TeacherIdentity;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The description by which an executor builds a replica of a training.
 *
 * @param run identity of the run
 * @param build of the product that the driver runs
 * @param recipe the whole recipe as YAML
 * @param data location of the training split
 * @param teacher the one that answers in the steps, the same for all replicas; null without one
 * @param kernels auto, fast or reference
 * @param threads native threads of a task
 * @param readerThreads threads of a task that read and decode ahead
 * @param hadoop how Hadoop reaches the data
 */
public record ReplicaSpec(
    String run,
    String build,
    String recipe,
    String data,
    TeacherIdentity teacher,
    String kernels,
    int threads,
    int readerThreads,
    Broadcast<SerializableConfiguration> hadoop)
    implements Serializable {

  /** The modules that a replica runs. */
  public static final SameBuild BUILD =
      SameBuild.of(NetworkConfig.class, Task.class, ExecutorArithmetic.class, ReplicaSpec.class);
}
