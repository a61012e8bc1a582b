package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescribeCommandTest {
  @ParameterizedTest
  @CsvSource({
    "15M, 15112208",
    "31M, 31333864",
    "55M, 55350248",
    "tiny, 2209258",
  })
  void givesThePublishedParameters(String preset, long parameters) throws IOException {
    CommandLineRun text = CommandLineRun.of("describe", "--preset", preset);
    assertThat(text.code()).isZero();
    assertThat(text.out()).startsWith(String.format("%s: %,d parameters", preset, parameters));

    CommandLineRun json = CommandLineRun.of("describe", "--preset", preset, "--json");
    JsonNode object = new ObjectMapper().readTree(json.out());
    assertThat(object.get("parameters").asLong()).isEqualTo(parameters);
    assertThat(object.get("blocks")).isNotEmpty();
    assertThat(json.out().lines()).hasSize(1);
    assertThat(json.err()).isEmpty();
  }

  @Test
  void saysHowMuchMemoryAReplicaNeeds() throws IOException {
    String[] arguments = {
      "describe", "--preset=15M", "--timesteps=4", "--batch=2", "--recompute=block", "--json"
    };
    CommandLineRun text = CommandLineRun.of(java.util.Arrays.copyOf(arguments, 5));
    assertThat(text.out())
        .contains("a replica of 15M, T = 4, batch 2, 224x224, float32, recompute block, on ")
        .containsPattern(
            "training \\d\\.\\d\\d GB \\(activations \\d\\.\\d\\d, parameters and optimizer");
    JsonNode memory = new ObjectMapper().readTree(CommandLineRun.of(arguments).out()).get("memory");
    long total = memory.at("/training/total").asLong();
    assertThat(memory.at("/training/activations").asLong()).isBetween(total / 4, total);
    assertThat(memory.at("/inference/total").asLong()).isBetween(1L, total);
    assertThat(memory.get("batch").asInt()).isEqualTo(2);
    arguments[4] = "--recompute=none";
    JsonNode kept = new ObjectMapper().readTree(CommandLineRun.of(arguments).out()).get("memory");
    assertThat(kept.at("/training/activations").asLong())
        .isGreaterThan(2 * memory.at("/training/activations").asLong());
  }

  @ParameterizedTest
  @CsvSource({"15M, 224, 112x112x32", "15M, 64, 32x32x32", "tiny, 32, 32x32x16"})
  void shapesFollowTheImageSize(String preset, int size, String stem) {
    CommandLineRun run =
        CommandLineRun.of("describe", "--preset", preset, "--size", Integer.toString(size));
    assertThat(run.out().lines().filter(line -> line.startsWith("stage1.downsample1")))
        .singleElement()
        .asString()
        .contains(size + "x" + size + "x3", stem);
  }
}
