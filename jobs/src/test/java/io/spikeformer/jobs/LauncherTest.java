package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  @TempDir private Path folder;

  @Test
  void aFolderWithoutJavaIsOneLine() throws Exception {
    assertFails(
        Launcher.run(Map.of("JAVA_HOME", folder.toString()), "describe"),
        "error: JAVA_HOME is " + folder);
  }

  @Test
  void anOldJavaIsOneLine() throws Exception {
    Launcher.script(folder.resolve("bin/java"), "exit 9");
    Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    assertFails(
        Launcher.run(Map.of("JAVA_HOME", folder.toString()), "describe"),
        "error: expected Java 17 or newer, found 11");
  }

  @Test
  void aFolderWithoutSparkIsOneLine() throws Exception {
    assertFails(
        Launcher.run(Map.of("SPARK_HOME", folder.toString()), "describe"),
        "error: SPARK_HOME is " + folder);
  }

  @Test
  void optionsOfASparkDistributionNeedOne() throws Exception {
    assertFails(
        Launcher.run(Map.of(), "--num-executors", "2", "describe"),
        "error: --num-executors before the command needs a Spark distribution");
  }

  private static void assertFails(CommandLineRun run, String expected) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(expected).hasLineCount(1);
  }
}
