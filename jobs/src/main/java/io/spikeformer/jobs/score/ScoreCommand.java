package io.spikeformer.jobs.score;

import io.spikeformer.jobs.cli.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the tasks whose results can be scored. */
@Command(
    name = "score",
    description = "Scores the results of any model, of this project or another.",
    synopsisSubcommandLabel = "TASK",
    subcommands = {
      ScoreDetectionCommand.class,
      ScoreSegmentationCommand.class,
    },
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer score detection --help")
public final class ScoreCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "expected a task: one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
