package io.spikeformer.jobs;

import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.storage.UriCredentials;
import io.spikeformer.eval.energy.RealInput;
import io.spikeformer.eval.spark.LabelMapScorer;
import io.spikeformer.jobs.bench.Activity;
import io.spikeformer.jobs.cli.ErrorReporter;
import io.spikeformer.jobs.cli.LabelConverter;
import io.spikeformer.jobs.cli.Logging;
import io.spikeformer.jobs.cli.Usage;
import io.spikeformer.jobs.infer.LabelPalette;
import io.spikeformer.jobs.infer.PixelLayout;
import io.spikeformer.jobs.infer.PredictionFormat;
import io.spikeformer.jobs.quickstart.Subject;
import io.spikeformer.model.chip.ChipArithmetic;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.torch.ModelExport;
import io.spikeformer.tasks.classification.ClassMatching;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.RunLast;

/**
 * Entry point of the job jar: {@code spikeformer COMMAND [OPTION...]}.
 *
 * <p>Results go to standard output, logs, progress and errors to standard error. Exit codes: 0
 * success, 1 failure, 2 wrong usage.
 */
public final class Main {
  private static final int USAGE_WIDTH = 100;
  private static final Duration LONGEST_END = Duration.ofSeconds(60);
  private static final String UTF_8 = StandardCharsets.UTF_8.name();

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // digits are ASCII and decimals have a point in every language, also in what libraries print
    Locale.setDefault(Locale.ROOT);
    Logging.configure();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    out.flush();
    err.flush();
    endSoon(code);
    System.exit(code);
  }

  /**
   * Ends the process even where something that runs at its end waits for a cluster that is gone.
   */
  private static void endSoon(int code) {
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(LONGEST_END.toMillis());
              } catch (InterruptedException none) {
                Thread.currentThread().interrupt();
              }
              Runtime.getRuntime().halt(code);
            },
            "end of the process");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Runs a command in this process.
   *
   * @param out receives the result
   * @param err receives errors, usage hints and progress
   * @return the exit code
   */
  public static int run(PrintWriter out, PrintWriter err, String... arguments) {
    if (Arrays.stream(arguments).anyMatch(UriCredentials::isIn)) {
      // before anything logs, records or repeats the arguments
      err.println(
          "error: expected URIs without credentials, found some before a bucket or host; take them"
              + " out, see 'S3 and other stores' in docs/running.md");
      return ExitCode.USAGE;
    }
    String encoding = System.getProperty("sun.jnu.encoding", UTF_8);
    if (Arrays.stream(arguments).anyMatch(argument -> isUnreadable(argument, encoding))) {
      err.println(
          "error: expected arguments in the encoding of this process's locale, "
              + encoding
              + ", found characters that are not in it; set LC_ALL=C.UTF-8");
      return ExitCode.USAGE;
    }
    ErrorReporter errors = new ErrorReporter();
    CommandLine line = new CommandLine(new SpikeformerCommand());
    registerChoices(line);
    try {
      return line.setOut(out)
          .setErr(err)
          .setCaseInsensitiveEnumValuesAllowed(true)
          .setAbbreviatedOptionsAllowed(false)
          .setUsageHelpWidth(USAGE_WIDTH)
          .setExecutionStrategy(
              parsed -> {
                Usage.requireText(parsed);
                return new RunLast().execute(parsed);
              })
          .setParameterExceptionHandler(errors)
          .setExecutionExceptionHandler(errors)
          .execute(arguments);
    } catch (OutOfMemoryError e) {
      err.println(
          "error: expected enough memory, found too little ("
              + e.getMessage()
              + "); give --driver-memory before the command, see 'Memory' in docs/running.md");
      return ExitCode.SOFTWARE;
    }
  }

  /** Makes options of the words that users write for choices. */
  private static void registerChoices(CommandLine line) {
    register(line, Activity.class, Activity::of);
    register(line, ChipArithmetic.class, ChipArithmetic::of);
    register(line, ClassMatching.class, ClassMatching::mapping);
    register(line, ClassifierHead.class, ClassifierHead::of);
    register(line, LabelMapScorer.Coding.class, LabelMapScorer.Coding::of);
    register(line, LabelPalette.class, LabelPalette::of);
    register(line, ModelExport.Format.class, ModelExport.Format::of);
    register(line, IouType.class, IouType::of);
    register(line, PixelLayout.class, PixelLayout::of);
    register(line, Precision.class, Precision::of);
    register(line, PredictionFormat.class, PredictionFormat::of);
    register(line, RealInput.class, RealInput::of);
    register(line, Subject.class, Subject::of);
    register(line, Recompute.class, Recompute::of);
  }

  private static <T> void register(CommandLine line, Class<T> type, Function<String, T> choice) {
    line.registerConverter(type, new LabelConverter<>(choice));
  }

  /** Whether the JVM, or the one of spark-submit before it, has put something else in its place. */
  static boolean isUnreadable(String argument, String encoding) {
    return argument.contains("\uFFFD") || (!encoding.equals(UTF_8) && argument.contains("?"));
  }
}
