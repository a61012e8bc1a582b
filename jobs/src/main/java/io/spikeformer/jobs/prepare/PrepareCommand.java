package io.spikeformer.jobs.prepare;

import io.spikeformer.jobs.cli.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Groups the datasets that can be prepared. */
@Command(
    name = "prepare",
    description = "Converts a raw dataset into shards.",
    synopsisSubcommandLabel = "DATASET",
    subcommands = {
      PrepareImagenetCommand.class,
      PrepareDenseCommand.Coco.class,
      PrepareDenseCommand.DetectionCommand.class,
      PrepareDenseCommand.Ade20kCommand.class,
      PrepareDenseCommand.Voc2012Command.class,
      PrepareDenseCommand.SegmentationCommand.class,
      PrepareHardvsCommand.class,
    },
    footerHeading = "%nExample:%n",
    footer = "  jobs/spikeformer prepare imagenet --help")
public final class PrepareCommand implements Runnable {
  @Spec private CommandSpec spec;
  @Mixin private OutputOptions output;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "expected a dataset: one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
