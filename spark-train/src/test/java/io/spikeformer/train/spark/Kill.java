package io.spikeformer.train.spark;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/** Ends processes as the kernel does when memory runs out: with SIGKILL. */
final class Kill {
  private Kill() {}

  /**
   * The executors that answer, with their processes' numbers.
   *
   * @param tasks so many that each gets one
   */
  static Map<String, Long> processes(JavaSparkContext spark, int tasks) {
    List<Integer> indices = IntStream.range(0, tasks).boxed().toList();
    Map<String, Long> found = new ConcurrentHashMap<>();
    spark
        .parallelize(indices, tasks)
        .map(
            i -> {
              Thread.sleep(300);
              return SparkEnv.get().executorId() + " " + ProcessHandle.current().pid();
            })
        .collect()
        .forEach(line -> found.put(line.split(" ")[0], Long.parseLong(line.split(" ")[1])));
    return found;
  }

  static void process(long process) {
    try {
      new ProcessBuilder("kill", "-9", Long.toString(process)).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void thisProcess() {
    process(ProcessHandle.current().pid());
    throw new IllegalStateException("killed, and yet alive");
  }
}
