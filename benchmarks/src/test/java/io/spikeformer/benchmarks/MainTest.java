package io.spikeformer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  @Test
  void measuresAKernelAndTheCeilings(@TempDir Path folder) throws Exception {
    String log = folder.resolve("log").toString();
    int code =
        run(
            "--json",
            "--threads=1",
            "--iterations=1",
            "--seconds=0.01",
            "--log",
            log,
            "crop",
            "float32");

    assertThat(code).as(err.toString()).isZero();
    assertThat(Path.of(log)).content().startsWith("# JMH version");
    JsonNode rows = new ObjectMapper().readTree(out.toString());
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).get("kernel").asText()).isEqualTo("crop");
    assertThat(rows.get(0).get("bound").asText()).isEqualTo("memory");
    assertThat(rows.get(0).get("gigabytesPerSecond").asDouble()).isPositive();
    assertThat(rows.get(0).get("productCeilingGigaflops").asDouble()).isPositive();
    assertThat(rows.get(0).get("memoryCeilingGigabytesPerSecond").asDouble()).isPositive();
  }

  @Test
  void aLogThatIsNoneIsKept(@TempDir Path folder) throws Exception {
    Path mine = Files.writeString(folder.resolve("results.csv"), "mine");
    for (Path log : List.of(mine, folder, mine.resolve("below"), folder.resolve("none/log"))) {
      assertThat(run("--log", log.toString(), "crop", "float32")).isEqualTo(1);
      assertThat(err.toString()).startsWith("error: --log: expected a new file or a log of JMH");
    }
    assertThat(mine).hasContent("mine");
  }

  @Test
  void unknownNameIsRefusedInOneLine() {
    assertThat(run("convolutoin")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .startsWith(
            "error: expected words of a kernel's name, found nothing named 'convolutoin'; --list"
                + " prints the names");
  }

  @Test
  void measuringForNoTimeIsRefused() {
    assertThat(run("--threads=3", "--seconds=0", "crop")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .startsWith(
            "error: expected --threads, --iterations and --seconds above 0, found 3, 5 and 0.0");
  }
}
