package io.spikeformer.eval.energy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.text.TextFile;
import io.spikeformer.eval.PublishedRates;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.cost.LayerCosts;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FiringRatesTest {
  private static final MetaSpikeFormerConfig MEDIUM =
      MetaSpikeFormerConfig.preset("31M").withTimesteps(4);

  private List<String> lines;

  @BeforeEach
  void readPublishedTable() {
    lines = new ArrayList<>(PublishedRates.file().lines());
  }

  @Test
  void readsEveryNeuronLayerAndTimestep() {
    FiringRates rates = FiringRates.readCsv(table(), MEDIUM);
    assertThat(rates.layers()).isEqualTo(LayerCosts.neuronLayers(MEDIUM));
    assertThat(rates.timesteps()).isEqualTo(4);
    assertThat(rates.rate("stage4.block2.linear2", 1)).isEqualTo(0.0035);
    assertThat(rates.rate("head", 3)).isEqualTo(0.4545);
  }

  @Test
  void averageAndRowsOfProductsAreOptional() {
    lines.removeIf(line -> line.contains("ktv") || line.contains("downsample1"));
    lines.replaceAll(line -> line.substring(0, line.lastIndexOf(',')));
    assertThat(FiringRates.readCsv(table(), MEDIUM).layers()).hasSize(77);
  }

  @Test
  void missingLayerIsNamed() {
    lines.removeIf(line -> line.startsWith("stage3.block2.v,"));
    assertFault(
        ": expected 77 neuron layers of model 31M, found 76; the first missing one is"
            + " 'stage3.block2.v'");
  }

  @Test
  void unknownLayerIsNamed() {
    lines.set(3, lines.get(3).replace("depthwise_pointwise2", "depthwise"));
    assertFault(" line 4: unknown layer 'stage1.conv_block1.depthwise' for model 31M");
  }

  @Test
  void repeatedLayerIsNamed() {
    lines.add(lines.get(2));
    assertFault(" line " + lines.size() + ": layer 'stage1.conv_block1.pointwise1' appears twice");
  }

  @Test
  void wordInPlaceOfANumberIsShown() {
    lines.set(2, lines.get(2).replace("0.4505", "n/a"));
    assertFault(" line 3: column t2: expected a rate from 0 to 1, found 'n/a'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-0.1", "0x1p-3", "0.5f", "1e400", "", "0,5"})
  void whatIsNoRateIsRefused(String rate) {
    lines.set(2, lines.get(2).replace("0.4505", "\"" + rate + "\""));
    assertFault(" line 3: column t2: expected a rate from 0 to 1, found '" + rate + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"45.05", "45.05%", "0.4505 %", "1.4505", "100"})
  void ratesInPercentAreRefused(String rate) {
    lines.set(2, lines.get(2).replace("0.4505", rate));
    assertFault(
        Text.format(
            " line 3: column t2: expected a rate from 0 to 1, found '%s'; divide percent by 100",
            rate));
  }

  @Test
  void sumsOfSpikesMayExceedOneWhereTheyAreRead() {
    NetworkConfig sew = NetworkConfig.preset("31M-sew-shortcut").withTimesteps(4);
    lines.replaceAll(
        line -> line.replace("conv_block1.pointwise1,0.2662,", "conv_block1.pointwise1,2.662,"));
    assertThat(FiringRates.readCsv(table(), sew).rate("stage1.conv_block1.pointwise1", 0))
        .isEqualTo(2.662);
    lines.replaceAll(line -> line.replace("block1.q,0.", "block1.q,9."));
    assertThatThrownBy(() -> FiringRates.readCsv(table(), sew))
        .hasMessageContaining("column t1: expected a rate from 0 to 1, found '9.")
        .hasMessageEndingWith("; divide percent by 100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"utf8", "bom", "utf16", "crlf", "quoted", "blank ends", "spaces"})
  void everyWayToSaveATableGivesTheSameRates(String way) {
    String end = way.equals("crlf") ? "\r\n" : "\n";
    if (way.equals("quoted")) {
      lines.replaceAll(line -> '"' + line.replace(",", "\",\"") + '"');
    } else if (way.equals("blank ends")) {
      lines.replaceAll(line -> line + ",,");
      lines.addAll(List.of(",,,", "", " "));
    } else if (way.equals("spaces")) {
      lines.replaceAll(line -> line.replace(",", " ,\u00a0"));
    }
    String mark = Set.of("bom", "utf16").contains(way) ? "\uFEFF" : "";
    Charset charset = way.equals("utf16") ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
    byte[] file = (mark + String.join(end, lines) + end).getBytes(charset);

    FiringRates rates = FiringRates.readCsv(TextFile.decode("rates.csv", file), MEDIUM);

    assertThat(rates.layers()).isEqualTo(LayerCosts.neuronLayers(MEDIUM));
    assertThat(rates.rate("stage1.conv_block1.pointwise1", 1)).isEqualTo(0.4505);
    assertThat(rates.rate("head", 3)).isEqualTo(0.4545);
  }

  @Test
  void columnsOfAnotherNumberOfTimestepsAreRefused() {
    assertThatThrownBy(() -> FiringRates.readCsv(table(), MEDIUM.withTimesteps(2)))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "rates file rates.csv line 1: expected columns layer,t1,t2 for T = 2, found"
                + " layer,t1,t2,t3,t4,average; give the file's T or another file");
  }

  @Test
  void shortAndLongRowsAreRefused() {
    lines.set(2, "stage1.conv_block1.pointwise1,0.1");
    assertFault(" line 3: expected 6 columns, found 2");
    lines.set(2, "stage1.conv_block1.pointwise1,0.1,0.1,0.1,0.1,0.1,0.1");
    assertFault(" line 3: expected 6 columns, found 7");
  }

  @Test
  void anEmptyFileIsRefused() {
    lines.clear();
    assertFault(": expected a header 'layer,t1,...', found an empty file");
  }

  private void assertFault(String message) {
    assertThatThrownBy(() -> FiringRates.readCsv(table(), MEDIUM))
        .isInstanceOf(UserException.class)
        .hasMessage("rates file rates.csv" + message);
  }

  private TextFile table() {
    return TextFile.decode("rates.csv", String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
  }

  /** A part of a network that runs once has counts of the first timestep alone. */
  @Test
  void aLayerThatRanAtOtherTimestepsAloneHasTheRateZero() {
    FiringCounts counts = new FiringCounts(3);
    counts.add("once", 0, 3, 12);
    counts.addSums("never", 1, 0, 0);
    FiringRates rates = FiringRates.of(counts);
    assertThat(rates.rate("once", 0)).isEqualTo(0.25);
    assertThat(rates.rate("once", 1)).isZero();
    assertThat(rates.rate("once", 2)).isZero();
    assertThat(rates.rate("never", 1)).isNaN();
  }
}
