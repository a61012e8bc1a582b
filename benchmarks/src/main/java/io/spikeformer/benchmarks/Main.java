package io.spikeformer.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Measures every kernel, or those whose name contains all given words, each in a JVM of its own.
 */
@Command(
    name = "benchmarks/kernels.sh",
    mixinStandardHelpOptions = true,
    subcommands = Crossovers.class,
    showDefaultValues = true,
    sortOptions = false,
    description = {
      "Measures kernels with JMH, each in a JVM of its own, beside what the machine can do in the same minute:"
          + " the rate of a large dense oneDNN product and of a triad over main memory.",
      "The share is of the ceiling that bounds the kernel, above 100 %% where operands fit the caches or zeros are skipped:"
          + " GFLOP/s are those of the dense product."
    },
    footerHeading = "%nExample:%n",
    footer = "  benchmarks/kernels.sh convolution 3x3 bfloat16")
public final class Main implements Runnable {
  private static final int WARM_UP_ITERATIONS = 3;
  private static final String LOG_START = "# JMH version";
  private static final String LINE = "%-26s %-46s %9s %8s %7s %6s %s%n";

  @Parameters(
      paramLabel = "WORD",
      description = "Measure what has all these words in its name (default: everything).",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private List<String> words = List.of();

  @Option(names = "--list", description = "Print the names and measure nothing.")
  private boolean list;

  @Option(names = "--json", description = "Print one JSON array.")
  private boolean json;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a call (default: all cores).",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "Measured iterations, each after a look at the ceilings.")
  private int iterations = 5;

  @Option(names = "--seconds", paramLabel = "S", description = "Seconds of an iteration.")
  private double seconds = 0.3;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "File for JMH's output of the last measurement.")
  private Path log = Path.of("kernels.log");

  @Spec private CommandSpec spec;

  /** Runs the command line and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              line.getErr().println("error: " + failure.getMessage());
              return ExitCode.SOFTWARE;
            });
  }

  private static int refuse(ParameterException e, String[] arguments) {
    e.getCommandLine().getErr().println("error: " + e.getMessage());
    e.getCommandLine().getErr().println("See 'benchmarks/kernels.sh --help'.");
    return ExitCode.USAGE;
  }

  @Override
  public void run() {
    if (threads < 1 || iterations < 1 || !(seconds > 0)) {
      throw usage(
          Text.format(
              "expected --threads, --iterations and --seconds above 0, found %d, %d and %s",
              threads, iterations, seconds));
    }
    List<Subject> subjects = Subjects.matching(words);
    if (subjects.isEmpty()) {
      throw usage(
          Text.format(
              "expected words of a kernel's name, found nothing named '%s'; --list prints the"
                  + " names",
              String.join(" ", words)));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      subjects.forEach(subject -> out.println(subject.name()));
      out.flush();
      return;
    }
    requireLog();
    if (json) {
      List<Map<String, Object>> rows = new ArrayList<>();
      for (Subject subject : subjects) {
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT, "%d of %d: %s%n", rows.size() + 1, subjects.size(), subject.name());
        rows.add(measure(subject).json());
      }
      out.println(write(rows));
    } else {
      out.printf(
          Locale.ROOT, LINE, "kernel", "shape", "ms", "GFLOP/s", "GB/s", "share", "of the ceiling");
      subjects.forEach(subject -> print(measure(subject), out));
    }
    out.flush();
  }

  /** A log of JMH is replaced, anything else is not. */
  private void requireLog() {
    boolean free = Files.notExists(log);
    if (Files.isRegularFile(log)) {
      try (InputStream stream = Files.newInputStream(log)) {
        byte[] start = stream.readNBytes(LOG_START.length());
        free = LOG_START.startsWith(new String(start, StandardCharsets.ISO_8859_1));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    Path home = log.toAbsolutePath().getParent();
    if (!free || !Files.isDirectory(home) || !Files.isWritable(home)) {
      throw new IllegalStateException(
          Text.format(
              "--log: expected a new file or a log of JMH in a folder that can be written, found"
                  + " another place at %s; give another name",
              log));
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private Measurement measure(Subject subject) {
    TimeValue iteration = TimeValue.microseconds((long) (seconds * 1e6));
    var options =
        new OptionsBuilder()
            .include(KernelBenchmark.class.getName() + ".call")
            .param("subject", subject.name())
            .param("threads", Integer.toString(threads))
            .forks(1)
            .warmupIterations(WARM_UP_ITERATIONS)
            .warmupTime(iteration)
            .measurementIterations(iterations)
            .measurementTime(iteration)
            .shouldFailOnError(true)
            .output(log.toString())
            .build();
    try {
      RunResult result = new Runner(options).runSingle();
      return new Measurement(
          subject,
          result.getPrimaryResult().getScore(),
          sum(result, KernelBenchmark.PRODUCT_RATE) / iterations,
          sum(result, KernelBenchmark.MEMORY_RATE) / iterations);
    } catch (RunnerException e) {
      throw new IllegalStateException(
          Text.format("%s did not run, see %s", subject.name(), log), e);
    }
  }

  private static double sum(RunResult result, String counter) {
    return result.getSecondaryResults().get(counter).getScore();
  }

  private static void print(Measurement row, PrintWriter out) {
    boolean products = row.bound().equals("products");
    out.printf(
        Locale.ROOT,
        LINE,
        row.subject().kernel(),
        row.subject().details(),
        Text.format("%.3f", row.seconds() * 1e3),
        row.subject().work().operations() > 0 ? Text.format("%.1f", row.gigaflops()) : "",
        Text.format("%.1f", row.gigabytesPerSecond()),
        Text.format("%.0f%%", 100 * row.share()),
        products
            ? Text.format("%.0f GFLOP/s", row.productCeiling())
            : Text.format("%.1f GB/s", row.memoryCeiling()));
    out.flush();
  }

  private static String write(Object rows) {
    try {
      return new ObjectMapper().writeValueAsString(rows);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(Text.format("rows that are not JSON: %s", rows), e);
    }
  }
}
