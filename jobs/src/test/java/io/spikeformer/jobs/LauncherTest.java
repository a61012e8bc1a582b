package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @Test
  void aJobKeepsItsJarWhenTheNextIsBuilt() throws Exception {
    checkout();
    List<Path> jars = new ArrayList<>();
    for (String build : List.of("one", "two", "three")) {
      Files.writeString(folder.resolve("jobs/target/spikeformer-jobs.jar"), build);
      jars.add(launchedJar());
      assertThat(launchedJar()).isEqualTo(jars.get(jars.size() - 1)).hasContent(build);
    }
    assertThat(jars).doesNotHaveDuplicates();
    assertThat(jars.get(0)).hasContent("one");
    // launched again, so it is not the next to go
    Files.writeString(folder.resolve("jobs/target/spikeformer-jobs.jar"), "one");
    assertThat(launchedJar()).isEqualTo(jars.get(0));
    Files.writeString(folder.resolve("jobs/target/spikeformer-jobs.jar"), "four");
    assertThat(launchedJar()).hasContent("four");
    assertThat(jars.get(0)).hasContent("one");
    assertThat(jars.get(1)).doesNotExist();
    assertThat(jars.get(2)).hasContent("three");
  }

  @Test
  void driverMemoryIsTheHeapHoweverItIsGiven() throws Exception {
    checkout();
    for (String[] given :
        new String[][] {{"--driver-memory", "3g"}, {"--conf", "spark.driver.memory=3g"}}) {
      assertThat(java(given[0], given[1], "describe"))
          .contains("-Xmx3g")
          .filteredOn(line -> line.startsWith("-Xmx"))
          .hasSize(1);
      assertThat(submit(given[0], given[1], "describe"))
          .containsSequence("--driver-memory", "3g")
          .containsOnlyOnce("--driver-memory");
    }
  }

  @Test
  void roomBesideTheExecutorsHeapIsLeftUnlessGiven() throws Exception {
    checkout();
    String setting = "spark.executor.memoryOverheadFactor=";
    assertThat(submit("describe")).containsSequence("--conf", setting + "0.6");
    assertThat(submit("--conf", setting + "0.2", "describe"))
        .filteredOn(line -> line.startsWith(setting))
        .as("what is given stands behind what is shipped, so it wins")
        .containsExactly(setting + "0.6", setting + "0.2");
  }

  @Test
  void settingsMayHaveTheLineEndsOfWindows() throws Exception {
    checkout();
    String[] command = {"evaluate", "--data", "s3a://bucket/test"};
    List<String> plain = submit(command);
    for (String name : List.of("conf/jvm.options", "conf/s3a.conf")) {
      Path file = folder.resolve(name);
      Files.writeString(file, Files.readString(file).replace("\n", "\r\n"));
    }
    assertThat(submit(command))
        .isEqualTo(plain)
        .contains("spark.hadoop.fs.s3a.connection.maximum=96");
  }

  /** What Java 17 takes for the encoding of arguments and of names of files. */
  @ParameterizedTest
  @CsvSource({",C.UTF-8", "C,C.UTF-8", "POSIX,C.UTF-8", "xx_YY.UTF-8,C.UTF-8", "C.UTF-8,"})
  void namesOfFilesAreInUtf8InEveryLocale(String given, String expected) throws Exception {
    checkout();
    Launcher.script(folder.resolve("java/bin/java"), "echo \"${LC_ALL:-}\"; echo \"${!#}\"");
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
    Map<String, String> environment = new HashMap<>();
    environment.put("JAVA_HOME", folder.resolve("java").toString());
    if (given != null) {
      environment.put("LANG", given);
    }
    CommandLineRun run = Launcher.run(folder, environment, "describe");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).containsExactly(expected == null ? "" : expected, "describe");
  }

  /** What a JVM gets as arguments from the launcher of {@link #checkout}. */
  private List<String> java(String... arguments) throws Exception {
    Launcher.script(folder.resolve("java/bin/java"), "printf '%s\\n' \"$@\"");
    Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
    String home = folder.resolve("java").toString();
    CommandLineRun run = Launcher.run(folder, Map.of("JAVA_HOME", home), arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().lines().toList();
  }

  private Path launchedJar() throws Exception {
    return submit("describe").stream()
        .filter(line -> line.endsWith(".jar"))
        .map(Path::of)
        .findFirst()
        .orElseThrow();
  }

  /** What a spark-submit gets as arguments from the launcher of {@link #checkout}. */
  private List<String> submit(String... arguments) throws Exception {
    Launcher.script(folder.resolve("spark/bin/spark-submit"), "printf '%s\\n' \"$@\"");
    String spark = folder.resolve("spark").toString();
    CommandLineRun run = Launcher.run(folder, Map.of("SPARK_HOME", spark), arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.out().lines().toList();
  }

  /** A checkout in which everything is built. */
  private void checkout() throws IOException {
    Path root = Path.of(System.getProperty("spikeformer.root"));
    Files.createDirectories(folder.resolve("jobs/target/launcher"));
    Files.createDirectories(folder.resolve("conf"));
    for (String file : List.of("jobs/spikeformer", "conf/jvm.options", "conf/s3a.conf")) {
      Files.copy(root.resolve(file), folder.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.writeString(folder.resolve("jobs/target/spikeformer-jobs.jar"), "jar");
    Files.writeString(folder.resolve("jobs/target/launcher/external.classpath"), "");
  }

  private static void assertFails(CommandLineRun run, String expected) {
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith(expected).hasLineCount(1);
  }
}
