package io.spikeformer.jobs;

import io.spikeformer.jobs.bench.BenchCommand;
import io.spikeformer.jobs.cli.Version;
import io.spikeformer.jobs.evaluate.CompareCommand;
import io.spikeformer.jobs.evaluate.EnergyCommand;
import io.spikeformer.jobs.evaluate.EvaluateCommand;
import io.spikeformer.jobs.evaluate.ReportCommand;
import io.spikeformer.jobs.infer.InferCommand;
import io.spikeformer.jobs.model.DescribeCommand;
import io.spikeformer.jobs.model.ExportCommand;
import io.spikeformer.jobs.model.ImportTorchCommand;
import io.spikeformer.jobs.prepare.InspectCommand;
import io.spikeformer.jobs.prepare.PrepareCommand;
import io.spikeformer.jobs.prepare.VerifyCommand;
import io.spikeformer.jobs.quickstart.QuickstartCommand;
import io.spikeformer.jobs.score.ScoreCommand;
import io.spikeformer.jobs.train.TeachCommand;
import io.spikeformer.jobs.train.TrainCommand;
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
      ScoreCommand.class,
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
