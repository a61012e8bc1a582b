package io.spikeformer.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.TinyModels;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands without Spark reach a file system that only a spark.hadoop.* setting names. */
class HadoopSettingsTest {
  private static final String SETTING = "spark.hadoop.fs.elsewhere.impl";
  private static final Path RATES =
      Path.of(System.getProperty("spikeformer.root"), "conf/firing-rates/31m-t4.csv");

  @TempDir private Path folder;

  /** The local disk under another scheme. */
  public static final class Elsewhere extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("elsewhere:///");
    }
  }

  @BeforeAll
  static void set() {
    System.setProperty(SETTING, Elsewhere.class.getName());
  }

  @AfterAll
  static void unset() {
    System.clearProperty(SETTING);
  }

  private String elsewhere(String name) {
    return "elsewhere://" + folder.resolve(name);
  }

  @Test
  void weightsAreImportedAndExported() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model")).resolve("model.spkf");
    TinyModels.write(model, 6);
    succeeds("export", "--model=" + elsewhere("model"), "--format=safetensors", to("weights"));
    assertThat(folder.resolve("weights")).isRegularFile();
    String input = "--input=" + folder.resolve("weights");
    succeeds("import-torch", input, to("again.spkf"));
    assertThat(folder.resolve("again.spkf")).hasSameBinaryContentAs(model);
    succeeds("import-torch", input, to("run"));
    assertThat(folder.resolve("run/model.spkf")).hasSameBinaryContentAs(model);
  }

  private String to(String name) {
    return "--output=" + elsewhere(name);
  }

  @Test
  void energyReadsAndWritesTables() throws IOException {
    Files.copy(RATES, folder.resolve("rates.csv"));
    succeeds(
        "energy",
        "--preset=31M",
        "--timesteps=4",
        "--rates=" + elsewhere("rates.csv"),
        "--csv=" + elsewhere("energy.csv"));
    assertThat(folder.resolve("energy.csv")).content().startsWith("convention,");
  }

  private static void succeeds(String... arguments) {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
  }
}
