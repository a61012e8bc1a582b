package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
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
}
