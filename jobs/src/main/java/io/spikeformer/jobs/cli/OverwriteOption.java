package io.spikeformer.jobs.cli;

import io.spikeformer.data.output.Existing;
import picocli.CommandLine.Option;

/** Whether what an earlier run of the command has written may be replaced. */
public final class OverwriteOption {
  @Option(
      names = "--overwrite",
      description =
          "Replace what an earlier run has written there: output of the same kind, never an input,"
              + " a checkpoint or anything else.")
  private boolean overwrite;

  public Existing existing() {
    return overwrite ? Existing.REPLACE : Existing.KEEP;
  }
}
