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

  @Test
  void eventsOfIntegersAreTimedBesideDenseProducts() {
    int code =
        run(
            "crossovers",
            "--threads=1",
            "--rounds=1",
            "--levels=4",
            "--rates=0.1,0.5",
            "forward",
            "256->256");
    assertThat(code).as(err.toString()).isZero();
    assertThat(out.toString().lines().map(line -> line.trim().split(" +")))
        .satisfiesExactly(
            head -> assertThat(head).containsExactly("dense", "0.1", "0.5", "equal"),
            row -> assertThat(row).hasSize(10).startsWith("forward", "1x1", "256->256", "@14"),
            row -> assertThat(row).contains("bfloat16", "D=4"));
  }

  @Test
  void ratesThatNoIntegerHasAreRefused() {
    assertThat(run("crossovers", "--levels=1", "--rates=0.5,1.5"))
        .isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .startsWith(
            "error: expected --rounds and --threads above 0, --levels from 1 to 8 and rising"
                + " --rates between 0 and the levels, found 9, ");
  }

  @Test
  void aCrossoverLiesBetweenMeasuredRates() {
    List<Double> rates = List.of(0.1, 0.2, 0.4);
    assertThat(Crossovers.equal(rates, 3, new double[] {1, 2, 4})).isEqualTo("0.30");
    assertThat(Crossovers.equal(rates, 1, new double[] {1, 2, 4})).isEqualTo("<0.1");
    assertThat(Crossovers.equal(rates, 5, new double[] {1, 2, 4})).isEqualTo(">0.4");
  }
}
