package io.spikeformer.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.jobs.TinyModels;
import io.spikeformer.model.checkpoint.CheckpointFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescribeCommandTest {
  @TempDir private Path folder;

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
    assertThat(text.out()).startsWith(Text.format("%s: %,d parameters", preset, parameters));

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

  @Test
  void aTrainedModelIsDescribedWithTheDigestsOfWhatItHolds() throws Exception {
    Path file = folder.resolve("tiny.spkf");
    TinyModels.write(file, 5);
    float[] state =
        CheckpointFormat.read(Files.newInputStream(file), Files.size(file), "t").state();
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * state.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(state);
    String expected =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));

    CommandLineRun text = CommandLineRun.of("describe", "--model", file.toString());
    assertThat(text.code()).as(text.err()).isZero();
    assertThat(text.out())
        .containsPattern("checkpoint +file:.*tiny.spkf")
        .containsPattern("architecture +tiny, T = 1, float32, plain head")
        .containsPattern("parameters +[\\d,]+, with statistics [\\d,]+")
        .containsPattern("classes +5, without names")
        .containsPattern("position +after epoch 0, round 0 of the next, step 0")
        .containsPattern("training data +none")
        .containsPattern("arithmetic +unknown")
        .containsPattern("state SHA-256 +" + expected)
        .containsPattern("moments SHA-256 +none")
        .contains("16x16x3");

    CommandLineRun json = CommandLineRun.of("describe", "--model", file.toString(), "--json");
    JsonNode checkpoint = new ObjectMapper().readTree(json.out()).get("checkpoint");
    assertThat(checkpoint.get("stateSha256").asText()).isEqualTo(expected);
    assertThat(checkpoint.get("momentsSha256").isNull()).isTrue();
    assertThat(checkpoint.get("stateValues").asInt()).isEqualTo(state.length);
    assertThat(checkpoint.at("/position/step").asLong()).isZero();
  }

  @Test
  void aModelHasItsOwnHeadAndAPresetOrAModelIsNamed() throws IOException {
    Path file = folder.resolve("tiny.spkf");
    TinyModels.write(file, 5);
    CommandLineRun head =
        CommandLineRun.of("describe", "--model", file.toString(), "--head", "distilled");
    assertThat(head.code()).isEqualTo(2);
    assertThat(head.err()).contains("--head: a model has the head of its training");
    CommandLineRun both =
        CommandLineRun.of("describe", "--model", file.toString(), "--preset", "tiny");
    assertThat(both.code()).isEqualTo(2);
    CommandLineRun missing =
        CommandLineRun.of("describe", "--model", folder.resolve("nothing").toString());
    assertThat(missing.code()).isEqualTo(1);
    assertThat(missing.err())
        .contains("expected a checkpoint or a training's output folder, found nothing")
        .hasLineCount(1);
  }
}
