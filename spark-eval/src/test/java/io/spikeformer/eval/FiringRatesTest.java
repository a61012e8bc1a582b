package io.spikeformer.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.cost.LayerCosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiringRatesTest {
  private static final MetaSpikeFormerConfig MEDIUM =
      MetaSpikeFormerConfig.preset("31M").withTimesteps(4);

  @TempDir Path folder;
  private List<String> lines;

  @BeforeEach
  void readPublishedTable() throws IOException {
    lines = new ArrayList<>(Files.readAllLines(PublishedRates.file()));
  }

  @Test
  void readsEveryNeuronLayerAndTimestep() throws IOException {
    FiringRates rates = FiringRates.readCsv(write(), MEDIUM);
    assertThat(rates.layers()).isEqualTo(LayerCosts.neuronLayers(MEDIUM));
    assertThat(rates.timesteps()).isEqualTo(4);
    assertThat(rates.rate("stage4.block2.linear2", 1)).isEqualTo(0.0035);
    assertThat(rates.rate("head", 3)).isEqualTo(0.4545);
  }

  @Test
  void averageAndRowsOfProductsAreOptional() throws IOException {
    lines.removeIf(line -> line.contains("ktv") || line.contains("downsample1"));
    lines.replaceAll(line -> line.substring(0, line.lastIndexOf(',')));
    assertThat(FiringRates.readCsv(write(), MEDIUM).layers()).hasSize(77);
  }

  @Test
  void missingLayerIsNamed() throws IOException {
    lines.removeIf(line -> line.startsWith("stage3.block2.v,"));
    assertFault(
        ": expected 77 neuron layers of model 31M, found 76; the first missing one is"
            + " 'stage3.block2.v'");
  }

  @Test
  void unknownLayerIsNamed() throws IOException {
    lines.set(3, lines.get(3).replace("depthwise_pointwise2", "depthwise"));
    assertFault(" line 4: unknown layer 'stage1.conv_block1.depthwise' for model 31M");
  }

  @Test
  void repeatedLayerIsNamed() throws IOException {
    lines.add(lines.get(2));
    assertFault(" line " + lines.size() + ": layer 'stage1.conv_block1.pointwise1' appears twice");
  }

  @Test
  void wordInPlaceOfANumberIsShown() throws IOException {
    lines.set(2, lines.get(2).replace("0.4505", "n/a"));
    assertFault(" line 3: column t2: expected a rate from 0 to 1, found 'n/a'");
  }

  @Test
  void rateAboveOneOrUndefinedIsRefused() throws IOException {
    lines.set(2, lines.get(2).replace("0.4505", "1.4505"));
    assertFault(" line 3: column t2: expected a rate from 0 to 1, found '1.4505'");
    lines.set(2, lines.get(2).replace("1.4505", "NaN"));
    assertFault(" line 3: column t2: expected a rate from 0 to 1, found 'NaN'");
  }

  @Test
  void columnsOfAnotherNumberOfTimestepsAreRefused() throws IOException {
    Path file = write();
    assertThatThrownBy(() -> FiringRates.readCsv(file, MEDIUM.withTimesteps(2)))
        .isInstanceOf(EvaluationException.class)
        .hasMessage(
            "rates file "
                + file
                + " line 1: expected columns layer,t1,t2 for T = 2, found"
                + " layer,t1,t2,t3,t4,average; give the file's T or another file");
  }

  @Test
  void shortRowIsRefused() throws IOException {
    lines.set(2, "stage1.conv_block1.pointwise1,0.1");
    assertFault(" line 3: expected 6 columns, found 2");
  }

  @Test
  void emptyAndAbsentFilesAreRefused() throws IOException {
    lines.clear();
    assertFault(": expected a header 'layer,t1,...', found an empty file");
    Path absent = folder.resolve("absent.csv");
    assertThatThrownBy(() -> FiringRates.readCsv(absent, MEDIUM))
        .isInstanceOf(EvaluationException.class)
        .hasMessage("rates file " + absent + ": no such file");
  }

  @Test
  void binaryFileIsRefused() throws IOException {
    Path file = folder.resolve("rates.csv");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    assertThatThrownBy(() -> FiringRates.readCsv(file, MEDIUM))
        .isInstanceOf(EvaluationException.class)
        .hasMessageStartingWith("rates file " + file + ": expected text in UTF-8");
  }

  private void assertFault(String message) throws IOException {
    Path file = write();
    assertThatThrownBy(() -> FiringRates.readCsv(file, MEDIUM))
        .isInstanceOf(EvaluationException.class)
        .hasMessage("rates file " + file + message);
  }

  private Path write() throws IOException {
    return Files.write(folder.resolve("rates.csv"), lines);
  }
}
