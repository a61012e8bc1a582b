package io.spikeformer.eval.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.data.spark.SameBuild;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import io.spikeformer.tasks.Task;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;

/**
 * Asks the executors, in a job of its own, whether the replicas of a job to come fit into their
 * memory, and what they compute with.
 */
public final class MemoryPreflight {
  private static final String TASK_CORES = "spark.task.cpus";
  private static final String EXECUTOR_CORES = "spark.executor.cores";

  /** What evaluations and scores run. */
  static final SameBuild BUILD =
      SameBuild.of(NetworkConfig.class, Task.class, MemoryPreflight.class);

  private MemoryPreflight() {}

  /** The memory that one task of the job to come needs, found on the executor. */
  public interface Demand extends Serializable {
    /** The need with the kernels that the executor has. */
    MemoryNeed need(Kernels kernels);

    /** The need of the Java heap; empty for next to nothing. */
    default Optional<MemoryNeed> heap() {
      return Optional.empty();
    }
  }

  /**
   * Lets a job go ahead.
   *
   * @param tasks of the job; each has a replica
   * @param kernels auto, fast or reference
   * @param threads native threads of a task
   * @return the arithmetic of the executors that answered, one entry for each task
   * @throws UserException in one line, if an executor has too little memory for the replicas that
   *     it would run side by side, or runs another build than the driver
   */
  public static List<ExecutorArithmetic> require(
      JavaSparkContext spark, int tasks, String kernels, int threads, Demand demand) {
    BUILD.require(spark, tasks);
    Question question = new Question(kernels, threads, sideBySide(spark, tasks), demand);
    List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
    JavaRDD<String> asked = spark.parallelize(indices, tasks).map(question);
    String description = "memory of the executors for " + tasks + " replicas";
    List<Answer> answers =
        JobDescription.during(spark, "memory", description, asked::collect).stream()
            .map(text -> ManifestFormat.fromJson(text, Answer.class))
            .toList();
    for (Answer answer : answers) {
      if (!answer.refusal().isEmpty()) {
        throw new UserException(answer.refusal());
      }
    }
    return answers.stream().map(Answer::executor).toList();
  }

  /** The answer of an executor, which travels as JSON. */
  private record Answer(String refusal, ExecutorArithmetic executor) {}

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
        long heap = Runtime.getRuntime().maxMemory();
        String refusal =
            Preflight.refusal(demand.need(here), sideBySide)
                .or(() -> demand.heap().flatMap(need -> need.refusalOnHeap(sideBySide, heap)))
                .orElse("");
        return ManifestFormat.toJson(new Answer(refusal, ExecutorArithmetic.here(here, threads)));
      }
    }
  }
}
