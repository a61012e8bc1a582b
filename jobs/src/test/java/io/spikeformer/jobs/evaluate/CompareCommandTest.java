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
            .isCloseTo(row.get("publishedMillions").asDouble(), within(0.06));
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

  @Test
  void aTableOrRateThatIsNotThereIsWrongUsage() {
    CommandLineRun table = CommandLineRun.of("compare", "--table", "2");
    assertThat(table.code()).isEqualTo(2);
    assertThat(table.err()).contains("'--table': expected 1, 3 or 5, found 2");
    CommandLineRun rate = CommandLineRun.of("compare", "--rate", "1.5");
    assertThat(rate.code()).isEqualTo(2);
    assertThat(rate.err()).contains("'--rate': expected a rate above 0 and up to 1, found 1.5");
  }

  private static JsonNode json(String... arguments) throws IOException {
    CommandLineRun run = CommandLineRun.of(arguments);
    assertThat(run.err()).isEmpty();
    return new ObjectMapper().readTree(run.out());
  }
}
