package io.spikeformer.jobs.cli;

import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Into how many tasks a job over shards is cut. */
public final class PartitionsOption {
  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Tasks, at most one a shard (default: as many as run at once when the job starts; more"
              + " let executors that come later take part).",
      converter = PositiveNumber.class,
      showDefaultValue = Visibility.NEVER)
  private Integer partitions;

  /** The number that was given, else 0: as many as run at once. */
  public int partitions() {
    return partitions == null ? 0 : partitions;
  }
}
