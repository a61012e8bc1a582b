package io.spikeformer.jobs;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The root command: only a list of the others. */
@Command(
    name = "spikeformer",
    description = "Trains and evaluates spiking transformers on Apache Spark.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      QuickstartCommand.class,
      PrepareCommand.class,
      VerifyCommand.class,
      InspectCommand.class,
      TeachCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      InferCommand.class,
      ImportTorchCommand.class,
      ExportCommand.class,
      DescribeCommand.class,
      EnergyCommand.class,
      CompareCommand.class,
      BenchCommand.class,
      HelpCommand.class,
    },
    footerHeading = "%nSee '@|bold spikeformer COMMAND --help|@' for the options of a command.%n")
final class SpikeformerCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    CommandLine line = spec.commandLine();
    throw new ParameterException(
        line, "expected a command: one of " + String.join(", ", line.getSubcommands().keySet()));
  }
}
