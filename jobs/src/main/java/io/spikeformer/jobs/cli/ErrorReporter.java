package io.spikeformer.jobs.cli;

import io.spikeformer.data.text.Characters;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says in one line what went wrong; the stack trace is for those who ask with --verbose. */
public final class ErrorReporter implements IParameterExceptionHandler, IExecutionExceptionHandler {
  /** Spark's message about a job that an interrupt (Ctrl-C) ends. */
  private static final String SHUT_DOWN = "SparkContext was shut down";

  /** A failure of this project's code inside the text that Spark makes of a failed task. */
  private static final Pattern TASK_FAILURE =
      Pattern.compile("io\\.spikeformer\\.[\\w.]+Exception: (.*)");

  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    PrintWriter err = line.getErr();
    ParameterException told = unknownOptionFirst(e);
    // of options that exclude each other picocli begins with the word itself
    String reason = firstLine(told.getMessage()).replaceFirst("^Error: ", "");
    err.println("error: " + Characters.named(reason));
    UnmatchedArgumentException.printSuggestions(told, err);
    err.println("See '" + line.getCommandSpec().qualifiedName() + " --help'.");
    return ExitCode.USAGE;
  }

  /** A mistyped required option is both missing and unknown; the second says what to do. */
  private static ParameterException unknownOptionFirst(ParameterException e) {
    List<String> unknown = e.getCommandLine().getUnmatchedArguments();
    return e instanceof MissingParameterException && !unknown.isEmpty()
        ? new UnmatchedArgumentException(e.getCommandLine(), unknown)
        : e;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println("error: " + Characters.named(describe(e)));
    if (verbose(line)) {
      e.printStackTrace(err);
    }
    return ExitCode.SOFTWARE;
  }

  private static boolean verbose(CommandLine line) {
    return line.getCommandSpec().mixins().values().stream()
        .map(mixin -> mixin.userObject())
        .anyMatch(options -> options instanceof OutputOptions output && output.verbose());
  }

  /** The line that tells the user what happened, out of what Spark and thread pools wrap it in. */
  static String describe(Throwable failure) {
    if (String.valueOf(failure.getMessage()).endsWith(SHUT_DOWN)) {
      return "stopped before it was finished";
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (speaksForItself(cause)) {
        return firstLine(cause.getMessage());
      }
    }
    Throwable told = failure;
    while (isWrapper(told) && told.getCause() != null) {
      told = told.getCause();
    }
    if (told.getMessage() == null) {
      return told.toString();
    }
    Matcher inTask = TASK_FAILURE.matcher(told.getMessage());
    return inTask.find()
        ? inTask.group(1)
        : told.getClass().getSimpleName() + ": " + firstLine(told.getMessage());
  }

  private static boolean speaksForItself(Throwable failure) {
    return failure.getMessage() != null
        && (failure instanceof IllegalArgumentException
            || failure.getClass().getName().startsWith("io.spikeformer."));
  }

  private static boolean isWrapper(Throwable failure) {
    return failure instanceof SparkException
        || failure instanceof ExecutionException
        || failure instanceof UncheckedIOException;
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }
}
