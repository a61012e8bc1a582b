package io.spikeformer.jobs;

import io.spikeformer.data.UriCredentials;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;

/**
 * Entry point of the job jar: {@code spikeformer COMMAND [OPTION...]}.
 *
 * <p>Results go to standard output, logs, progress and errors to standard error. Exit codes: 0
 * success, 1 failure, 2 wrong usage.
 */
public final class Main {
  private static final int USAGE_WIDTH = 100;

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    Logging.configure();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(out, err, arguments);
    out.flush();
    err.flush();
    System.exit(code);
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
    ErrorReporter errors = new ErrorReporter();
    return new CommandLine(new SpikeformerCommand())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .setUsageHelpWidth(USAGE_WIDTH)
        .setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .execute(arguments);
  }
}
