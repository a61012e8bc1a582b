package io.spikeformer.jobs;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Hosts of benchmarks/hosts with a standalone Spark across them, which end with this. */
final class Hosts implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("spikeformer.root"), "benchmarks/hosts").toAbsolutePath();
  private static final int CORES = 2;
  private static final int LIMIT_SECONDS = 300;
  private static final int POLL_MILLIS = 100;

  private final SparkHome spark;
  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();

  /**
   * Makes hosts and starts Spark on them.
   *
   * @param folder for logs
   * @param daemons the folder of the daemons' spark-defaults.conf, or null
   */
  Hosts(SparkHome spark, Path folder, int workers, Path daemons) throws IOException {
    this.spark = spark;
    this.folder = Files.createDirectories(folder);
    environment.put("SPARK_HOME", spark.folder().toString());
    try {
      call("up", Integer.toString(workers));
      if (daemons != null) {
        environment.put("SPARK_CONF_DIR", daemons.toString());
      }
      call("start", folder.toString(), Integer.toString(CORES), "2g");
      environment.remove("SPARK_CONF_DIR");
    } catch (IOException | RuntimeException failure) {
      close();
      throw failure;
    }
  }

  /** Why hosts cannot be made on this machine. */
  static Optional<String> obstacle() throws IOException {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("network namespaces need Linux");
    }
    Path out = Files.createTempFile("hosts", ".out");
    try {
      int code = ended(process(Map.of(), out, out, "check"));
      return code == 0 ? Optional.empty() : Optional.of(Files.readString(out).strip());
    } finally {
      Files.delete(out);
    }
  }

  /** Runs a command of the script to its end and returns what it printed. */
  String call(String... arguments) throws IOException {
    Path out = Files.createTempFile(folder, "call", ".out");
    int code = ended(process(environment, out, out, arguments));
    String text = Files.readString(out);
    if (code != 0) {
      throw new IOException(Text.format("hosts %s: %s", String.join(" ", arguments), text));
    }
    return text;
  }

  /** Bytes that a host has sent. */
  long sent(String host) throws IOException {
    return Long.parseLong(call("bytes", host).split(" ")[1]);
  }

  /** Starts spark-submit with the project's jar; options of Spark stand before the command. */
  Submitted submit(List<String> options, String... command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("submit", folder.toString()));
    arguments.addAll(options);
    arguments.addAll(List.of("--class", Main.class.getName(), spark.application().toString()));
    arguments.addAll(List.of(command));
    Path out = Files.createTempFile(folder, "submit", ".out");
    Path err = Files.createTempFile(folder, "submit", ".err");
    return new Submitted(
        process(environment, out, err, arguments.toArray(String[]::new)), out, err);
  }

  /** A command on its way. */
  record Submitted(Process process, Path out, Path err) {
    /** Waits for its end. */
    CommandLineRun finished() throws IOException {
      int code = ended(process);
      return new CommandLineRun(code, Files.readString(out), Files.readString(err));
    }
  }

  /** Waits until something is so. */
  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            Text.format("expected %s within %d s, waited in vain", what, LIMIT_SECONDS));
      }
      pause(POLL_MILLIS);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      call("down");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Process process(
      Map<String, String> environment, Path out, Path err, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Map<String, String> variables = builder.environment();
    variables.keySet().retainAll(List.of("PATH", "HOME", "JAVA_HOME"));
    variables.put("LC_ALL", "C.UTF-8");
    variables.put("HOSTS", "test");
    variables.putAll(environment);
    return builder.start();
  }

  private static int ended(Process process) {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            Text.format("%s did not end within %d s", process.info(), LIMIT_SECONDS));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
