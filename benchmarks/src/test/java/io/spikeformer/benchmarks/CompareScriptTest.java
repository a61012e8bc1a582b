package io.spikeformer.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The script beside a peer and a launcher that only say how fast they are. */
@EnabledIf("hasPython")
class CompareScriptTest {
  /** Prints lines as both benchmarks do; each run is faster than the one before. */
  private static final String SPEAKER =
      """
      #!/usr/bin/env bash
      [[ $* == *"import torch"* || $* == *--help* ]] && exit
      echo "SIDE $*" >>FOLDER/calls
      speed=$(grep -c "^SIDE " FOLDER/calls)
      echo "train 15M T=1 batch 8 224px: median 1.000 s, $((speed * FACTOR)).00 images/s, best 9.99"
      echo "infer 15M T=1 batch 8 224px: median 1.000 s, $((speed * FACTOR * 2)).50 images/s, best 9.99"
      echo "peak resident memory FACTOR.00 GB"
      """;

  @TempDir Path folder;
  private Path script;
  private Path python;
  private Path peer;

  static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @BeforeEach
  void copyTheScript() throws IOException {
    Path root = Path.of(System.getProperty("spikeformer.root"));
    script = folder.resolve("benchmarks/compare.py");
    Files.createDirectories(script.getParent());
    Files.copy(root.resolve("benchmarks/compare.py"), script);
    python = executable("python", speaker("peer", 2));
    executable("jobs/spikeformer", speaker("ours", 6));
    peer = folder.resolve("benchmarks/pytorch/bench.py");
    Files.createDirectories(peer.getParent());
    Files.createFile(peer);
  }

  private String speaker(String side, int factor) {
    return SPEAKER
        .replace("FOLDER", folder.toString())
        .replace("SIDE", side)
        .replace("FACTOR", Integer.toString(factor));
  }

  private Path executable(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private record Outcome(int code, String out, String err) {}

  private Outcome compare(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3", script.toString()));
    command.addAll(List.of("--python", python.toString()));
    command.addAll(List.of(options));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void sidesRunInTurnAndTheMediansAreCompared() throws Exception {
    Outcome outcome =
        compare(
            "--rows=bfloat16-t4",
            "--rounds=3",
            "--threads=2",
            "--peer-option=--channels-last",
            "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    String size = " --timesteps 4 --batch 8 --size 224 --steps 3 --threads 2";
    String theirs = "peer " + peer + " --model 15M" + size + " --channels-last --bf16";
    String ours =
        "ours --driver-memory 500m bench --preset 15M --precision bfloat16 --activity trained"
            + size;
    assertThat(Files.readAllLines(folder.resolve("calls")))
        .containsExactly(theirs, ours, theirs, ours, theirs, ours);
    JsonNode summary = new ObjectMapper().readTree(outcome.out()).at("/rows/0/summary");
    assertThat(summary.at("/train/peer").asDouble()).isEqualTo(4);
    assertThat(summary.at("/train/ours").asDouble()).isEqualTo(12);
    assertThat(summary.at("/train/ratio").asDouble()).isEqualTo(3);
    assertThat(summary.at("/infer/ours").asDouble()).isEqualTo(24.5);
    assertThat(summary.at("/gigabytes/ratio").asDouble()).isEqualTo(3);
  }

  @Test
  void theTableHasARowForTrainingAndOneForInference() throws Exception {
    Outcome outcome = compare("--rows=float32-t1", "--rounds=1");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains(
            "train T=1 float32 2.00 6.00 3.00 3.00, 3.00 2.00 6.00 3.00",
            "infer T=1 float32 4.50 12.50 2.78 2.78, 2.78");
  }

  @Test
  void aPeerThatIsNotThereIsNamed() throws Exception {
    Outcome outcome = compare("--peer", "nowhere/bench.py");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo("error: --peer: expected a script, found no file nowhere/bench.py\n");
  }

  @Test
  void aSideThatFailsIsToldByItsLastLine() throws Exception {
    executable(
        "jobs/spikeformer",
        speaker("ours", 6).replaceAll("(?m)^speed=.*", "echo worse >&2; exit 1"));

    Outcome outcome = compare("--rows=float32-t1");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err().lines().reduce("", (first, last) -> last))
        .startsWith("error: '" + folder.resolve("jobs/spikeformer") + " --driver-memory 500m bench")
        .endsWith("failed: worse");
  }

  @Test
  void aPythonWithoutTorchIsRefused() throws Exception {
    executable("python", "#!/usr/bin/env bash\nexit 1\n");

    Outcome outcome = compare();

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            Text.format(
                "error: --python: expected an interpreter that has torch, found %s without:"
                    + " python3 -m venv"
                    + " V && V/bin/pip install torch numpy setuptools, then --python"
                    + " V/bin/python%n",
                python));
  }

  @Test
  void aPythonThatIsNotThereIsNamed() throws Exception {
    Files.delete(python);

    assertThat(compare().err())
        .isEqualTo(
            Text.format(
                "error: --python: expected an interpreter, found %s: No such file or directory%n",
                python));
  }
}
