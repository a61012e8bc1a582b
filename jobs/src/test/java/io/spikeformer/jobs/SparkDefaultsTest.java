package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.network.util.JavaUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SparkDefaultsTest {
  private static final Path CONF = Path.of(System.getProperty("spikeformer.root"), "conf");

  private final Properties defaults = new Properties();

  @BeforeEach
  void readDefaults() throws IOException {
    try (Reader reader = Files.newBufferedReader(CONF.resolve("spark-defaults.conf"))) {
      defaults.load(reader);
    }
  }

  @Test
  void driverAndExecutorsGetTheSharedJvmOptions() throws IOException {
    List<String> options =
        Files.readAllLines(CONF.resolve("jvm.options")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    assertThat(defaults.getProperty("spark.driver.extraJavaOptions").split(" "))
        .containsExactlyElementsOf(options);
    assertThat(defaults.getProperty("spark.executor.defaultJavaOptions").split(" "))
        .containsExactlyElementsOf(options);
  }

  @Test
  void whatIsNotToBeInlinedIsThere() throws IOException {
    Pattern command = Pattern.compile("-XX:CompileCommand=dontinline,([\\w.]+)::\\*");
    List<String> classes =
        Files.readAllLines(CONF.resolve("jvm.options")).stream()
            .map(command::matcher)
            .filter(Matcher::matches)
            .map(matcher -> matcher.group(1))
            .toList();
    assertThat(classes).isNotEmpty();
    for (String name : classes) {
      assertThatCode(() -> Class.forName(name, false, getClass().getClassLoader()))
          .as(name)
          .doesNotThrowAnyException();
    }
  }

  /** As docs/running.md and docs/watching.md say. */
  @Test
  void aLostHostIsNamedIn15SecondsAndGivenUpIn35() {
    long heartbeat = seconds("spark.executor.heartbeatInterval");
    assertThat(2 * heartbeat + 2 + 1).isLessThanOrEqualTo(15);
    assertThat(
            seconds("spark.storage.blockManagerHeartbeatTimeoutMs")
                + seconds("spark.network.timeoutInterval"))
        .isEqualTo(35);
  }

  private long seconds(String key) {
    return JavaUtils.timeStringAsSec(defaults.getProperty(key));
  }
}
