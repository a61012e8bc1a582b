package io.spikeformer.train.spark.worker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;

/** The limits that Spark's settings put on a task. */
public final class TaskLimits {
  private static final Pattern LOCAL = Pattern.compile("local\\[[^,\\]]+(?:,\\s*(\\d+))?]");
  private static final int USUAL_ATTEMPTS = 4;
  private static final String TASK_CORES = "spark.task.cpus";

  private TaskLimits() {}

  /** How often Spark runs a task that fails before it gives up. */
  public static int maxAttempts(JavaSparkContext spark) {
    if (!spark.isLocal()) {
      return spark.getConf().getInt("spark.task.maxFailures", USUAL_ATTEMPTS);
    }
    Matcher local = LOCAL.matcher(spark.master());
    return local.matches() && local.group(1) != null ? Integer.parseInt(local.group(1)) : 1;
  }

  /**
   * Native threads of a task: {@code spark.task.cpus}. Where nobody has set that in local mode, the
   * cores shared among the tasks that run side by side, at least 1.
   */
  public static int threads(JavaSparkContext spark, int tasks) {
    if (!spark.isLocal() || spark.getConf().contains(TASK_CORES)) {
      return spark.getConf().getInt(TASK_CORES, 1);
    }
    int cores = spark.defaultParallelism();
    return Math.max(1, cores / Math.min(tasks, cores));
  }
}
