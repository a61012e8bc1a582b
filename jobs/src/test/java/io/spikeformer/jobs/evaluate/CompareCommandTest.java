package io.spikeformer.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.CommandLineRun;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CompareCommandTest {
  @Test
  void publishedAndComputedParametersAgree() throws IOException {
    JsonNode rows = json("compare", "--json").get("rows");
    assertThat(rows).hasSizeGreaterThan(25);
    for (JsonNode row : rows) {
      if (!row.get("preset").asText().contains("like-for-like")) {
        assertThat(row.get("parameters").asDouble() / 1e6)
            .as(row.get("preset").asText())
            .isCloseTo(row.get("publishedMillions").asDouble(), within(0.1));
      }
    }
  }

  @Test
  void theImpliedRateGivesThePublishedPower() throws IOException {
    JsonNode row = json("compare", "--table", "1", "--json").get("rows").get(0);
    assertThat(row.get("preset").asText()).isEqualTo("SEW-ResNet-50");
    String rate = row.get("impliedRate").asText();
    JsonNode again = json("compare", "--table", "1", "--rate", rate, "--json").get("rows").get(0);
    assertThat(again.get("fusedMillijoules").asDouble())
        .isCloseTo(row.get("publishedMillijoules").asDouble(), within(1e-9));
  }

  @Test
  void printsAllTablesAndWhatIsNotKnownAsADash() {
    CommandLineRun run = CommandLineRun.of("compare");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("Table 1, ImageNet, 224x224; energies here at 0.2 spikes");
    assertThat(run.out()).contains("Table 3, COCO, 512x853; energies here at 0.2 spikes");
    assertThat(run.out()).contains("Table 5, ").contains("not the paper's");
    assertThat(run.out().lines().filter(line -> line.startsWith("MS-ResNet-104 ")))
        .singleElement()
        .asString()
        .contains(" 77.3 ", " 77.284 ", " - ");
  }

  /**
   * 16 million parameters at 512 x 512: the backbone is 4.0 and 16.7 mJ of Table 1 by area, 20.8
   * and 87.2, and what is left is the same at both T, since the head runs once.
   */
  @Test
  void theHeadOfSegmentationIsPublishedAsOneThatRunsOnce() throws IOException {
    JsonNode rows = json("compare", "--table", "4", "--json").get("rows");
    assertThat(rows).hasSize(4);
    double[] backbones = {20.8, 87.2};
    double[] left = {1.3, 0.9};
    for (int i = 0; i < 2; i++) {
      JsonNode row = rows.get(i);
      assertThat(row.get("preset").asText()).isEqualTo("ade20k-16m");
      assertThat(row.get("publishedMeanIou").asDouble()).isBetween(32.0, 34.0);
      assertThat(row.get("publishedBackboneMillijoules").asDouble())
          .isCloseTo(backbones[i], within(0.15));
      assertThat(row.get("publishedHeadMillijoules").asDouble()).isCloseTo(left[i], within(0.15));
      assertThat(row.get("publishedHeadRate").asDouble()).isBetween(0.02, 0.05);
    }
    assertThat(rows.get(1).at("/fusedMillijoulesPerPart/head").asDouble())
        .isEqualTo(rows.get(0).at("/fusedMillijoulesPerPart/head").asDouble());
    assertThat(rows.get(2).get("publishedHeadMillijoules").asDouble()).isNegative();
  }

  /** 512 x 853: 14.7 and 27.6 mJ are left for the heads, rates of 0.14 and 0.27. */
  @Test
  void eachHeadOfADetectorIsSummedApart() throws IOException {
    JsonNode rows = json("compare", "--table", "3", "--json").get("rows");
    JsonNode row = rows.get(0);
    assertThat(row.get("publishedBackboneMillijoules").asDouble()).isCloseTo(34.8, within(0.3));
    assertThat(row.get("publishedHeadMillijoules").asDouble()).isCloseTo(14.7, within(0.3));
    assertThat(row.get("publishedHeadRate").asDouble()).isCloseTo(0.14, within(0.01));
    assertThat(rows.get(1).get("publishedHeadRate").asDouble()).isCloseTo(0.27, within(0.01));
    // 22.41, 21.68, 14.31 and 52.98 GMAC at 0.2 x 0.9 pJ
    JsonNode parts = row.get("fusedMillijoulesPerPart");
    assertThat(parts.get("neck").asDouble()).isCloseTo(4.034, within(0.002));
    assertThat(parts.get("region proposals").asDouble()).isCloseTo(3.902, within(0.002));
    assertThat(parts.get("box head").asDouble()).isCloseTo(2.576, within(0.002));
    assertThat(parts.get("mask head").asDouble()).isCloseTo(9.536, within(0.002));
    assertThat(parts).hasSize(5);
  }

  @Test
  void aTableOrRateThatIsNotThereIsWrongUsage() {
    CommandLineRun table = CommandLineRun.of("compare", "--table", "2");
    assertThat(table.code()).isEqualTo(2);
    assertThat(table.err()).contains("'--table': expected 1, 3, 4, 5, 9 or 10, found 2");
    CommandLineRun rate = CommandLineRun.of("compare", "--table=5", "--rate", "1.5");
    assertThat(rate.code()).isEqualTo(2);
    assertThat(rate.err())
        .contains(
            "'--rate': expected a rate above 0 and up to 1, found '1.5'; neurons of 31M fire no"
                + " more");
    CommandLineRun largest = CommandLineRun.of("compare", "--rate", "4.5");
    assertThat(largest.code()).isEqualTo(2);
    assertThat(largest.err())
        .contains(
            "'--rate': expected a rate above 0 and up to 4, found '4.5'; neurons of"
                + " e-spikeformer-5m fire no more");
    CommandLineRun none = CommandLineRun.of("compare", "--rate", "0");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("'--rate': expected a rate above 0, found '0'");
  }

  @Test
  void ratesAboveOneAreThoseOfNetworksOfIntegersAlone() throws IOException {
    JsonNode once = json("compare", "--table", "1", "--rate", "1", "--json").get("rows");
    JsonNode rows = json("compare", "--rate", "1.5", "--json").get("rows");
    assertThat(rows.findValuesAsText("preset"))
        .containsExactly("e-spikeformer-5m", "e-spikeformer-10m", "e-spikeformer-19m");
    int first = once.findValuesAsText("preset").indexOf("e-spikeformer-5m");
    assertThat(rows.get(0).get("fusedMillijoules").asDouble())
        .isGreaterThan(1.3 * once.get(first).get("fusedMillijoules").asDouble());
  }

  private static JsonNode json(String... arguments) throws IOException {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.err()).isEmpty();
    return new ObjectMapper().readTree(run.out());
  }
}
