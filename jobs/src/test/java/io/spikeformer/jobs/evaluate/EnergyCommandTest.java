package io.spikeformer.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.jobs.CommandLineRun;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.cost.LayerCosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnergyCommandTest {
  /** The paper's table for the 31M model at T = 4. */
  private static final Path PUBLISHED =
      Path.of(System.getProperty("spikeformer.root"), "conf/firing-rates/31m-t4.csv");

  @TempDir private Path folder;

  @Test
  void publishedRatesGiveThePublishedEnergy() throws IOException {
    CommandLineRun text =
        CommandLineRun.of(
            "energy", "--preset", "31M", "--timesteps", "4", "--rates", PUBLISHED.toString());
    assertThat(text.code()).isZero();
    assertThat(text.out()).contains("32.87 mJ fused", "14.54 mJ as executed");

    CommandLineRun json =
        CommandLineRun.of(
            "energy", "--preset=31M", "--timesteps=4", "--rates=" + PUBLISHED, "--json");
    JsonNode object = new ObjectMapper().readTree(json.out());
    assertThat(json.out().lines()).hasSize(1);
    assertThat(object.at("/fused/millijoules").asDouble()).isBetween(32.865, 32.875);
    assertThat(object.at("/asExecuted/millijoules").asDouble()).isBetween(14.535, 14.545);
  }

  @Test
  void energyOfAnAdditionScalesWhatSpikesCost() throws IOException {
    Path rates = folder.resolve("rates.csv");
    StringBuilder table = new StringBuilder("layer,t1\n");
    for (String layer : LayerCosts.neuronLayers(MetaSpikeFormerConfig.preset("tiny"))) {
      table.append(layer).append(",0.25\n");
    }
    Files.writeString(rates, table);
    double once = total(rates, "0.5");
    assertThat(total(rates, "1.0")).isCloseTo(2 * once, org.assertj.core.data.Offset.offset(1e-9));
  }

  @Test
  void aSemanticFpnHasRowsOfItsOwnAndIsSummedApart() throws IOException {
    Path rates = folder.resolve("rates.csv");
    StringBuilder table = new StringBuilder("layer,t1,t2\n");
    for (String layer : LayerCosts.neuronLayers(MetaSpikeFormerConfig.preset("ade20k-16m"))) {
      // the head runs once
      table.append(layer).append(layer.startsWith("head.") ? ",0.25,0\n" : ",0.25,0.25\n");
    }
    Files.writeString(rates, table);
    assertThat(table).contains("head.lateral0,", "head.scale3.2,", "head.classifier,");
    CommandLineRun run =
        CommandLineRun.of(
            "energy", "--preset=ade20k-16m", "--timesteps=2", "--rates=" + rates, "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode fused = new ObjectMapper().readTree(run.out()).get("fused");
    double head = fused.get("headMillijoules").asDouble();
    assertThat(head).isPositive();
    assertThat(fused.get("backboneMillijoules").asDouble() + head)
        .isCloseTo(fused.get("millijoules").asDouble(), org.assertj.core.data.Offset.offset(1e-9));
    String silent = table.toString().replaceAll("(?m)^(head\\.\\S*),0\\.25,0$", "$1,0,0");
    Files.writeString(rates, silent);
    JsonNode without =
        new ObjectMapper()
            .readTree(
                CommandLineRun.of(
                        "energy",
                        "--preset=ade20k-16m",
                        "--timesteps=2",
                        "--rates=" + rates,
                        "--json")
                    .out());
    assertThat(without.at("/fused/headMillijoules").asDouble()).isZero();
  }

  @Test
  void oneRateStandsForATableAndEachPartIsPrinted() throws IOException {
    String[] common = {
      "energy", "--preset=coco-yolo-16m", "--timesteps=4", "--rate=0.1", "--size=64", "--width=96"
    };
    CommandLineRun run = CommandLineRun.of(common);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .startsWith("coco-yolo-16m, T = 4, 64x96, 0.1 spikes per input and timestep, 4.600 pJ per")
        .contains("\nsum of the backbone ", "\nsum of the neck ", "\nsum of the head ")
        .contains("\nsum behind the backbone ");
    String[] json = java.util.Arrays.copyOf(common, common.length + 1);
    json[common.length] = "--json";
    JsonNode fused = new ObjectMapper().readTree(CommandLineRun.of(json).out()).get("fused");
    JsonNode parts = fused.get("millijoulesPerPart");
    assertThat(parts.get("neck").asDouble() + parts.get("head").asDouble())
        .isCloseTo(
            fused.get("headMillijoules").asDouble(), org.assertj.core.data.Offset.offset(1e-9));
    CommandLineRun both = CommandLineRun.of("energy", "--preset=15M", "--timesteps=1");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.err()).contains("--rates", "--rate");
  }

  @Test
  void aRateOfIntegersIsAMeanIntegerUpToTheLargest() throws IOException {
    assertThat(millijoules("--preset=e-spikeformer-5m", "--rate=4"))
        .isGreaterThan(3 * millijoules("--preset=e-spikeformer-5m", "--rate=1"));
    assertThat(millijoules("--preset=tiny", "--levels=8", "--rate=7.5")).isPositive();
    refusesRate("4.5", "4", "e-spikeformer-5m");
    refusesRate("2.5", "2", "tiny", "--levels=2");
    refusesRate("1.5", "1", "tiny");
    refusesRate("1.001", "1", "tiny", "--levels=1");
    for (String rate : new String[] {"0", "-1", "NaN"}) {
      assertThat(
              CommandLineRun.of("energy", "--preset=tiny", "--timesteps=1", "--rate=" + rate).err())
          .startsWith(
              Text.format(
                  "error: Invalid value for option '--rate': expected a rate above 0, found '%s'",
                  rate));
    }
  }

  private static double millijoules(String... options) throws IOException {
    CommandLineRun run = energy(options);
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out()).at("/fused/millijoules").asDouble();
  }

  private static void refusesRate(String rate, String most, String preset, String... options) {
    CommandLineRun run =
        energy(
            Stream.concat(Stream.of("--preset=" + preset, "--rate=" + rate), Stream.of(options))
                .toArray(String[]::new));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines().findFirst().orElseThrow())
        .isEqualTo(
            Text.format(
                "error: Invalid value for option '--rate': expected a rate above 0 and up to %s,"
                    + " found '%s'; neurons of %s fire no more",
                most, rate, preset));
  }

  private static CommandLineRun energy(String... options) {
    return CommandLineRun.of(
        Stream.concat(Stream.of("energy", "--timesteps=1", "--json"), Stream.of(options))
            .toArray(String[]::new));
  }

  private static double total(Path rates, String ac) throws IOException {
    CommandLineRun run =
        CommandLineRun.of(
            "energy",
            "--preset=tiny",
            "--timesteps=1",
            "--rates=" + rates,
            "--mac-picojoules=0",
            "--ac-picojoules=" + ac,
            "--json");
    return new ObjectMapper().readTree(run.out()).at("/fused/millijoules").asDouble();
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-1", "1e999", "0x1p3", "4.6f", "4,6", ""})
  void whatIsNoEnergyIsWrongUsage(String energy) {
    for (String option : new String[] {"--mac-picojoules", "--ac-picojoules"}) {
      CommandLineRun run =
          CommandLineRun.of(
              "energy", "--preset=31M", "--timesteps=4", "--rates=none.csv", option, energy);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .startsWith(
              Text.format(
                  "error: Invalid value for option '%s': expected a number of pJ >= 0, found '%s'",
                  option, energy));
    }
  }

  @Test
  void whatCannotBeSeenIsNamedInErrors() {
    CommandLineRun run =
        CommandLineRun.of("energy", "--preset=31M", "--timesteps=4", "--rates=a\u200Bb.csv");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("/aU+200Bb.csv").doesNotContain("\u200B").hasLineCount(1);
  }

  @Test
  void aMissingTableIsOneLine() {
    CommandLineRun run =
        CommandLineRun.of("energy", "--preset=31M", "--timesteps=4", "--rates=none.csv");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("error: missing file: expected file:").hasLineCount(1);
  }

  @Test
  void verboseAddsTheStackTrace() {
    CommandLineRun run =
        CommandLineRun.of(
            "energy", "--preset=31M", "--timesteps=4", "--rates=none.csv", "--verbose");
    assertThat(run.err()).startsWith("error: missing file: ").contains("\tat io.spikeformer");
  }
}
