package io.spikeformer.train.spark;

import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.train.spark.averaging.SharedState;
import io.spikeformer.train.spark.averaging.Slice;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.resource.ResourceProfile;
import org.apache.spark.resource.ResourceProfileBuilder;
import org.apache.spark.resource.TaskResourceRequests;
import org.apache.spark.scheduler.TaskLocation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;
import scala.collection.JavaConverters;
import scala.collection.Seq;
import scala.reflect.ClassTag$;

/**
 * The cores of the tasks that form a mean beside the training: one each, where Spark can give a
 * task other resources than the training's without other executors (standalone, YARN, Kubernetes).
 * Elsewhere they take what a task of the training does.
 *
 * @param spark runs the jobs
 * @param profile resources of a task; null for those of the training's tasks
 */
record MeanSlots(JavaSparkContext spark, ResourceProfile profile) {
  private static final String TASK_CORES = "spark.task.cpus";
  private static final Logger LOG = LoggerFactory.getLogger(MeanSlots.class);

  /**
   * Those of a cluster. Says in the log where there is no core for them.
   *
   * @param workers tasks of the training that run side by side
   */
  static MeanSlots of(JavaSparkContext spark, int workers) {
    int cores = spark.defaultParallelism();
    int taken = workers * spark.getConf().getInt(TASK_CORES, 1);
    if (cores <= taken) {
      LOG.info(
          "averaging.delay: expected more cores than the {} of the training's tasks, found {}:"
              + " means are formed behind the training, not beside it; give executors one more",
          taken,
          cores);
    }
    return new MeanSlots(spark, profile(spark));
  }

  private static ResourceProfile profile(JavaSparkContext spark) {
    boolean known =
        spark.master().startsWith("spark://")
            || spark.master().startsWith("local-cluster")
            || spark.master().equals("yarn")
            || spark.master().startsWith("k8s");
    if (!known
        || spark.getConf().getInt(TASK_CORES, 1) == 1
        || spark.getConf().getBoolean("spark.dynamicAllocation.enabled", false)) {
      return null;
    }
    return new ResourceProfileBuilder().require(new TaskResourceRequests().cpus(1)).build();
  }

  /** Lets the tasks of a data set have these cores. */
  void take(RDD<?> beside) {
    if (profile != null) {
      beside.withResources(profile);
    }
  }

  /**
   * Brings a mean to the executors of the workers before these need it. Where that fails, they
   * fetch it themselves.
   *
   * @param workers a partition for each worker, where its state is kept
   */
  void bring(SharedState mean, JavaRDD<Slice> workers, String text) {
    if (spark.isLocal()) {
      return;
    }
    try {
      List<Tuple2<Object, Seq<String>>> readers = new ArrayList<>();
      for (int worker = 0; worker < workers.getNumPartitions(); worker++) {
        readers.add(new Tuple2<>(worker, places(workers, worker)));
      }
      RDD<Object> tasks =
          spark
              .sc()
              .makeRDD(JavaConverters.asScalaBuffer(readers).toList(), ClassTag$.MODULE$.Object());
      take(tasks);
      JobDescription.during(
          spark,
          Averaging.GROUP,
          text + ": to its readers",
          () -> {
            tasks.toJavaRDD().foreach(reader -> mean.bring((Integer) reader));
            return mean;
          });
    } catch (Exception failure) {
      // Spark throws checked exceptions that no method declares
      LOG.warn("{}; the workers fetch the mean themselves", Failures.describe(failure));
    }
  }

  private Seq<String> places(JavaRDD<Slice> workers, int worker) {
    List<String> places =
        JavaConverters.seqAsJavaList(spark.sc().getPreferredLocs(workers.rdd(), worker)).stream()
            .map(TaskLocation::toString)
            .toList();
    return JavaConverters.asScalaBuffer(places).toList();
  }
}
