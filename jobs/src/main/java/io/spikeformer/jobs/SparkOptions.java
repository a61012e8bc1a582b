package io.spikeformer.jobs;

import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Where a Spark job runs. */
final class SparkOptions {
  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master (default: that of spark-submit, else local[*]).",
      showDefaultValue = Visibility.NEVER)
  private String master;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a task: spark.task.cpus.",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private int threads;

  Optional<String> master() {
    return Optional.ofNullable(master);
  }

  OptionalInt threads() {
    return threads > 0 ? OptionalInt.of(threads) : OptionalInt.empty();
  }
}
