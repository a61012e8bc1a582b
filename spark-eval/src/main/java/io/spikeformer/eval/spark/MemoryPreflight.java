package io.spikeformer.eval.spark;

import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.model.ModelException;
import io.spikeformer.model.kernel.KernelProvider;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * Asks the executors, in a job of its own, whether the replicas of a job to come fit into their
 * memory.
 */
public final class MemoryPreflight {
  private static final String TASK_CORES = "spark.task.cpus";
  private static final String EXECUTOR_CORES = "spark.executor.cores";

  private MemoryPreflight() {}

  /** What one task of the job to come needs, found on the executor. */
  public interface Demand extends Serializable {
    /** The need with the kernels that the executor has. */
    MemoryNeed need(Kernels kernels);
  }

  /**
   * Lets a job go ahead.
   *
   * @param tasks of the job; each has a replica
   * @param kernels auto, fast or reference
   * @param threads native threads of a task
   * @throws ModelException in one line, if an executor has too little memory for the replicas that
   *     it would run side by side
   */
  public static void require(
      JavaSparkContext spark, int tasks, String kernels, int threads, Demand demand) {
    Question question = new Question(kernels, threads, sideBySide(spark, tasks), demand);
    List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
    JavaRDD<String> answers =
        spark.parallelize(indices, tasks).map(question).filter(text -> !text.isEmpty());
    String description = "memory of the executors for " + tasks + " replicas";
    List<String> refusals = JobDescription.during(spark, "memory", description, answers::collect);
    if (!refusals.isEmpty()) {
      throw new ModelException(refusals.get(0));
    }
  }

  /** Tasks of a stage that an executor runs at once. */
  public static int sideBySide(JavaSparkContext spark, int tasks) {
    int perTask = spark.getConf().getInt(TASK_CORES, 1);
    if (spark.isLocal()) {
      return Math.max(1, Math.min(tasks, spark.defaultParallelism() / perTask));
    }
    int executors = Math.max(1, spark.sc().statusTracker().getExecutorInfos().length - 1);
    int cores = spark.getConf().getInt(EXECUTOR_CORES, 0);
    // where an executor takes whatever cores a host has, tasks are spread evenly
    int slots = cores > 0 ? cores / perTask : (tasks + executors - 1) / executors;
    return Math.max(1, Math.min(tasks, slots));
  }

  /** Asked once for each task, so that every executor that would get one answers. */
  private record Question(String kernels, int threads, int sideBySide, Demand demand)
      implements Function<Integer, String> {
    private static final long serialVersionUID = 1;

    @Override
    public String call(Integer task) {
      try (Kernels here = KernelProvider.create(kernels, threads)) {
        return Preflight.refusal(demand.need(here), sideBySide).orElse("");
      }
    }
  }
}
