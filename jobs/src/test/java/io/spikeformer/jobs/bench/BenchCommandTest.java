package io.spikeformer.jobs.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
  private static final String[] SMALL = {
    "bench", "--preset=tiny", "--timesteps=2", "--batch=2", "--size=8", "--steps=3"
  };

  @Test
  void printsWhatTheOraclePrints() {
    CommandLineRun run = CommandLineRun.of(SMALL);
    assertThat(run.code()).as(run.err()).isZero();
    String figures =
        "tiny T=2 batch 2 8px: median \\d+\\.\\d{3} s, \\d+\\.\\d\\d images/s, best \\d+\\.\\d\\d";
    assertThat(run.out().lines().toList())
        .hasSize(4)
        .satisfiesExactly(
            train -> assertThat(train).matches("train " + figures),
            infer -> assertThat(infer).matches("infer " + figures),
            rate -> assertThat(rate).matches("mean firing rate of inference 0\\.\\d{3}"),
            memory -> assertThat(memory).matches("peak resident memory \\d+\\.\\d\\d GB"));
  }

  @Test
  void aBatchThatNoArrayHoldsIsRefused() {
    CommandLineRun run = CommandLineRun.of("bench", "--preset=tiny", "--size=40000", "--batch=2");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .endsWith(
            "error: bench: expected a batch of at most 2147483647 values, found 9600000000"
                + " (2x40000x40000x3); lower --batch or --size\n");
  }

  @Test
  void anUnknownPrecisionAndUnknownKernelsAreWrongUsage() {
    CommandLineRun precision = CommandLineRun.of("bench", "--preset=tiny", "--precision=float16");
    assertThat(precision.code()).isEqualTo(2);
    assertThat(precision.err())
        .startsWith("error: ")
        .contains("precision: expected float32 or bfloat16, found 'float16'");
    CommandLineRun kernels = CommandLineRun.of("bench", "--preset=tiny", "--kernels=cuda");
    assertThat(kernels.code()).isEqualTo(2);
    assertThat(kernels.err()).startsWith("error: ").contains("--kernels", "'cuda'");
  }

  @Test
  void moreThanTheMachineHasIsRefusedWithNumbers() {
    CommandLineRun run =
        CommandLineRun.of(
            "bench", "--preset=55M", "--timesteps=8", "--batch=10000", "--kernels=reference");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .matches(
            "error: memory: training 55M, T = 8, batch 10000, 224x224, float32 needs \\d+\\.\\d\\d"
                + " GB outside the heap \\(activations .*\\), and \\d+\\.\\d\\d GB are left beside"
                + " the heap of \\d+\\.\\d\\d GB: choose a smaller batch, recompute: block or"
                + " precision: bfloat16");
  }

  @Test
  void jsonHoldsTheSameFigures() throws IOException {
    String[] arguments = java.util.Arrays.copyOf(SMALL, SMALL.length + 2);
    arguments[SMALL.length] = "--json";
    arguments[SMALL.length + 1] = "--recompute=block";
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.out()).hasLineCount(1);
    JsonNode object = new ObjectMapper().readTree(run.out());
    double median = object.at("/train/medianSeconds").asDouble();
    assertThat(object.at("/train/imagesPerSecond").asDouble()).isEqualTo(2 / median);
    assertThat(object.get("recompute").asText()).isEqualTo("block");
    assertThat(object.get("firingRate").asDouble())
        .as("the published model's is 0.2 to 0.3")
        .isBetween(0.1, 0.4);
    assertThat(object.get("kernels").asText()).isNotEmpty();
    assertThat(object.get("peakResidentGigabytes").asDouble()).isPositive();
  }

  @Test
  void theProfileAccountsForTheWholeStep() throws IOException {
    CommandLineRun text =
        CommandLineRun.of("bench", "--preset=tiny", "--batch=2", "--size=16", "--profile");
    assertThat(text.code()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("a training step: ", "convolutions, backward data", "neurons, backward")
        .containsPattern("products: \\d+ GFLOP/s over the whole, \\d+ % of the \\d+ GFLOP/s");

    CommandLineRun run =
        CommandLineRun.of(
            "bench", "--preset=tiny", "--batch=2", "--size=16", "--profile", "--json");
    JsonNode profile = new ObjectMapper().readTree(run.out()).get("profile");
    double sum = 0;
    double gigaflop = 0;
    for (JsonNode work : profile.get("work")) {
      assertThat(work.get("seconds").asDouble()).isPositive();
      sum += work.get("seconds").asDouble();
      gigaflop += work.get("gigaflop").asDouble();
    }
    double step = profile.get("stepSeconds").asDouble();
    assertThat(sum).isCloseTo(step, within(1e-9));
    assertThat(profile.get("gigaflopsPerSecond").asDouble())
        .isCloseTo(gigaflop / step, within(1e-6));
    double macs =
        LayerCosts.of(MetaSpikeFormerConfig.preset("tiny"), 16, 16)
            .macs(CountingConvention.AS_EXECUTED);
    // 2 images; forward, backward data and backward weights; depthwise ones twice forward
    assertThat(gigaflop).isCloseTo(2 * 3 * 2 * macs / 1e9, withinPercentage(5));
  }

  @Test
  void aSemanticFpnIsMeasuredWithItsLossAndItsClassesOfPixels() throws IOException {
    String[] arguments = {
      "bench", "--preset=ade20k-16m", "--batch=1", "--size=64", "--steps=1", "--profile"
    };
    CommandLineRun text = CommandLineRun.of(arguments);
    assertThat(text.code()).as(text.err()).isZero();
    assertThat(text.out())
        .contains("resizing of maps ", "loss of pixels ")
        .containsPattern("  of it \\d+\\.\\d ms, \\d+\\.\\d %, resize logits and choose classes");
    String[] json = java.util.Arrays.copyOf(arguments, arguments.length + 1);
    json[arguments.length] = "--json";
    JsonNode object = new ObjectMapper().readTree(CommandLineRun.of(json).out());
    assertThat(object.at("/answer/medianSeconds").asDouble())
        .isPositive()
        .isLessThan(object.at("/infer/medianSeconds").asDouble());
    assertThat(object.get("firingRate").asDouble()).isBetween(0.1, 0.4);
  }

  @Test
  void aDetectorIsMeasuredWithItsRegionsLossesAndMasks() throws IOException {
    String[] arguments = {
      "bench",
      "--preset=coco-maskrcnn-15m",
      "--batch=1",
      "--size=64",
      "--width=97",
      "--steps=1",
      "--profile",
      "--json"
    };
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode object = new ObjectMapper().readTree(run.out());
    assertThat(object.get("width").asInt()).isEqualTo(97);
    JsonNode work = object.at("/profile/work");
    assertThat(work.get("RoIAlign").get("seconds").asDouble()).isPositive();
    assertThat(work.get("regions: proposals, suppression, assignment").get("seconds").asDouble())
        .isPositive();
    assertThat(work.get("loss, its kernels left out").get("seconds").asDouble()).isPositive();
    assertThat(object.at("/inferenceProfile/work").has("answer: pasted masks, classes of pixels"))
        .isTrue();
  }
}
