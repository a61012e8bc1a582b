package io.spikeformer.data.spark;

import io.spikeformer.common.UserException;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardWriter;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Runs the tasks that write or look at the shards of one folder, and reads what they report.
 * Hadoop's settings go to every executor once, not with every task.
 */
final class ShardReports implements AutoCloseable {
  private static final int POLL_MILLISECONDS = 500;
  private static final String OURS = "io.spikeformer.";

  private final JavaSparkContext spark;
  private final String group;
  private final String command;
  private final Path folder;
  private final Broadcast<SerializableConfiguration> hadoop;

  /**
   * Reports about a folder.
   *
   * @param group of the jobs on Spark's pages
   * @param command that runs, for messages
   */
  ShardReports(JavaSparkContext spark, String group, String command, Path folder) {
    this.spark = spark;
    this.group = group;
    this.command = command;
    this.folder = folder;
    this.hadoop = spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
  }

  Path folder() {
    return folder;
  }

  /** Hadoop's settings for tasks, until this is closed. */
  Broadcast<SerializableConfiguration> hadoop() {
    return hadoop;
  }

  @Override
  public void close() {
    Broadcasts.destroy(hadoop);
  }

  /** The shards of an earlier run that can be kept, by index. */
  TreeMap<Integer, ShardWriter.Written> wholeShards(SplitFolder output, SampleColumns columns) {
    TreeMap<Integer, ShardWriter.Written> whole = new TreeMap<>();
    List<Integer> present = output.presentShards();
    if (!present.isEmpty()) {
      JavaRDD<String> reports =
          spark
              .parallelize(present, present.size())
              .flatMap(new InspectTask(hadoop, folder, columns));
      String text = "check " + present.size() + " shards that are there";
      for (ShardWriter.Written found : collect(text, reports, () -> {})) {
        if (output.agrees(found)) {
          whole.put(found.index(), found);
        }
      }
    }
    return whole;
  }

  /** Runs the tasks and reads their reports, telling of progress meanwhile. */
  List<ShardWriter.Written> collect(String description, JavaRDD<String> tasks, Runnable progress) {
    JavaFutureAction<List<String>> action =
        JobDescription.during(spark, group, description, tasks::collectAsync);
    try {
      while (true) {
        try {
          List<String> lines = action.get(POLL_MILLISECONDS, TimeUnit.MILLISECONDS);
          progress.run();
          return lines.stream()
              .map(line -> ManifestFormat.fromJson(line, ShardWriter.Written.class))
              .toList();
        } catch (TimeoutException running) {
          progress.run();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new UserException(
          interrupted, "interrupted: %s is unfinished; run %s again to go on", folder, command);
    } catch (ExecutionException failure) {
      throw plain(failure);
    } finally {
      // of no effect on a job that has ended
      action.cancel(true);
    }
  }

  /** The one-line failure that a task threw, without Spark's report around it. */
  private UserException plain(ExecutionException failure) {
    Throwable cause = failure;
    while (cause != null && !cause.getClass().getName().startsWith(OURS)) {
      cause = cause.getCause();
    }
    String reason = String.valueOf((cause == null ? failure : cause).getMessage());
    return new UserException(
        failure,
        "%s failed: %s (%s is unfinished; run %s again to go on)",
        command,
        reason.lines().findFirst().orElse(""),
        folder,
        command);
  }
}
