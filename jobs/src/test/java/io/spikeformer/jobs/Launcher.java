package io.spikeformer.jobs;

import io.spikeformer.common.Text;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs jobs/spikeformer as a process, in an environment that is stated whole. */
final class Launcher {
  private static final int TIMEOUT_SECONDS = 60;

  private Launcher() {}

  public static CommandLineRun run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(Path.of(System.getProperty("spikeformer.root")), environment, arguments);
  }

  /** The same with the launcher of another checkout. */
  public static CommandLineRun run(Path root, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(root.resolve("jobs/spikeformer").toString());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile("launcher", ".out");
    Path err = Files.createTempFile("launcher", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().put("PATH", System.getenv("PATH"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(Text.format("the launcher did not end: %s", command));
      }
      return new CommandLineRun(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** An executable file with a shell script. */
  public static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + text + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
  }
}
