package io.spikeformer.eval.energy;

import static io.spikeformer.model.cost.CountingConvention.AS_EXECUTED;
import static io.spikeformer.model.cost.CountingConvention.FUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.text.TextFile;
import io.spikeformer.eval.PublishedRates;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.cost.CountingConvention;
import io.spikeformer.model.cost.LayerCosts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EnergyAccountTest {
  private static final MetaSpikeFormerConfig MEDIUM =
      MetaSpikeFormerConfig.preset("31M").withTimesteps(4);
  private static final LayerCosts COSTS = LayerCosts.of(MEDIUM, 224, 224);
  private static final FiringRates PUBLISHED = FiringRates.readCsv(PublishedRates.file(), MEDIUM);

  @Test
  void publishedRatesGiveThePublishedEnergy() {
    assertThat(twoDigits(FUSED)).isEqualTo("32.87");
    assertThat(twoDigits(AS_EXECUTED)).isEqualTo("14.54");
  }

  /** 512 x 512 pixels, the published mean rates at one timestep: 4.0 mJ of 224 x 224 by area. */
  @Test
  void theBackboneOfSegmentationCostsAsMuchAsItsArea() {
    MetaSpikeFormerConfig backbone = MetaSpikeFormerConfig.preset("15M");
    StringBuilder means = new StringBuilder("layer,t1\n");
    for (String line :
        PublishedRates.file().lines().subList(1, PublishedRates.file().lines().size())) {
      String[] cells = line.split(",");
      means.append(cells[0]).append(',').append(cells[cells.length - 1]).append('\n');
    }
    byte[] bytes = means.toString().getBytes(StandardCharsets.UTF_8);
    FiringRates rates = FiringRates.readCsv(TextFile.decode("means.csv", bytes), backbone);
    EnergyAccount account =
        EnergyAccount.of(
            LayerCosts.of(backbone, 512, 512), rates, EnergyConstants.NANOMETRES_45, FUSED);
    assertThat(account.millijoules()).isCloseTo(20.2, within(.05));
  }

  @ParameterizedTest
  @EnumSource(CountingConvention.class)
  void partsAddUpToTheWhole(CountingConvention convention) {
    EnergyAccount account = account(convention);
    double total = account.millijoules();
    assertThat(sum(account.millijoulesPerTimestep())).isCloseTo(total, within(1e-9));
    assertThat(sum(account.millijoulesPerBlock().values())).isCloseTo(total, within(1e-9));
    assertThat(sum(account.millijoulesPerStage().values())).isCloseTo(total, within(1e-9));
    assertThat(account.millijoulesPerStage())
        .containsOnlyKeys("stage1", "stage2", "stage3", "stage4", "head");
  }

  @Test
  void attentionOperatorsAreListedApart() {
    EnergyAccount fused = account(FUSED);
    assertThat(fused.attentionMillijoules() / fused.millijoules()).isCloseTo(0.006, within(5e-4));
  }

  @Test
  void stemCostsMultiplicationsAtEveryTimestep() {
    LayerEnergy stem = account(FUSED).layers().get(0);
    double millijoules = 49.0 * 3 * 48 * 112 * 112 * 4.6e-9;
    assertThat(stem.rates()).isEmpty();
    assertThat(stem.synapticOperations()).isZero();
    assertThat(stem.millijoulesPerTimestep())
        .hasSize(4)
        .allSatisfy(e -> assertThat(e).isCloseTo(millijoules, within(1e-12)));
  }

  @Test
  void spikesCostAdditionsAtTheirRate() {
    LayerEnergy head = account(FUSED).layers().get(COSTS.layers(FUSED).size() - 1);
    assertThat(head.layer()).isEqualTo("head");
    assertThat(head.rates()).containsExactly(0.4061, 0.4205, 0.4323, 0.4545);
    assertThat(head.synapticOperations()).isCloseTo(480_000 * 1.7134, within(1e-6));
    assertThat(head.millijoules()).isCloseTo(480_000 * 1.7134 * 0.9e-9, within(1e-15));
  }

  @Test
  void annEquivalentIsOneRealValuedPass() {
    assertThat(account(FUSED).annMillijoules()).isCloseTo(COSTS.macs(FUSED) * 4.6e-9, within(1e-9));
  }

  @Test
  void constantsScaleTheEnergy() {
    EnergyConstants doubled = new EnergyConstants(9.2, 1.8, RealInput.EVERY_TIMESTEP);
    assertThat(EnergyAccount.of(COSTS, PUBLISHED, doubled, FUSED).millijoules())
        .isCloseTo(2 * account(FUSED).millijoules(), within(1e-9));
    assertThatThrownBy(() -> new EnergyConstants(-1, 0.9, RealInput.ONCE))
        .hasMessage("energy constant E_MAC: expected a number of pJ >= 0, found -1.0");
    assertThatThrownBy(() -> new EnergyConstants(4.6, Double.NaN, RealInput.ONCE))
        .hasMessage("energy constant E_AC: expected a number of pJ >= 0, found NaN");
  }

  @Test
  void theFirstLayerIsCountedAsStated() {
    double stem = account(FUSED).layers().get(0).millijoules();
    double all = account(FUSED).millijoules();
    assertThat(counting(RealInput.ONCE).millijoules()).isCloseTo(all - 0.75 * stem, within(1e-9));
    assertThat(counting(RealInput.ONCE).layers().get(0).millijoulesPerTimestep())
        .containsExactly(stem / 4, 0.0, 0.0, 0.0);
    assertThat(counting(RealInput.FREE).millijoules()).isCloseTo(all - stem, within(1e-9));
    assertThat(RealInput.of("every-timestep")).isEqualTo(RealInput.EVERY_TIMESTEP);
    assertThatThrownBy(() -> RealInput.of("never"))
        .hasMessage("first layer: expected one of every-timestep, once, free, found 'never'");
  }

  private static EnergyAccount counting(RealInput realInput) {
    return EnergyAccount.of(COSTS, PUBLISHED, new EnergyConstants(4.6, 0.9, realInput), FUSED);
  }

  @Test
  void aLayerOfAFileWithoutPartsIsOfBackboneOrHead() {
    assertThat(withoutPart("stage2").part()).isEqualTo("backbone");
    assertThat(withoutPart("head").part()).isEqualTo("head");
  }

  private static LayerEnergy withoutPart(String stage) {
    return new LayerEnergy(null, stage, stage, stage, "linear", 1, List.of(), List.of(1.0), 1);
  }

  @Test
  void tableHoldsEveryLayerOfBothConventions() {
    List<String> lines =
        EnergyCsv.write(List.of(account(FUSED), account(AS_EXECUTED))).lines().toList();
    assertThat(lines.get(0))
        .isEqualTo(
            "convention,counted,part,stage,block,layer,operation,macs,rate_t1,rate_t2,rate_t3,"
                + "rate_t4,mj_t1,mj_t2,mj_t3,mj_t4,mj,ann_mj,synaptic_operations");
    double fused = 0;
    double attention = 0;
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      assertThat(cells).hasSize(19);
      if (cells[0].equals(FUSED.label())) {
        fused += cells[1].equals("1") ? Double.parseDouble(cells[16]) : 0;
        attention += cells[1].equals("0") ? Double.parseDouble(cells[16]) : 0;
      }
    }
    assertThat(fused).isCloseTo(account(FUSED).millijoules(), within(1e-6));
    assertThat(attention).isCloseTo(account(FUSED).attentionMillijoules(), within(1e-6));
    assertThat(lines.get(1)).contains("stage1.downsample1").contains(",,,,,");
  }

  @Test
  void countedSpikesGiveTheSameEnergyAsTheirRates() {
    FiringCounts counts = new FiringCounts(4);
    for (String layer : PUBLISHED.layers()) {
      for (int t = 0; t < 4; t++) {
        counts.add(layer, t, Math.round(PUBLISHED.rate(layer, t) * 10_000), 10_000);
      }
    }
    FiringRates counted = FiringRates.of(counts);
    assertThat(EnergyAccount.of(COSTS, counted, EnergyConstants.NANOMETRES_45, FUSED).millijoules())
        .isCloseTo(account(FUSED).millijoules(), within(1e-9));
  }

  @Test
  void aMissingLayerIsNamed() {
    FiringCounts counts = new FiringCounts(4);
    counts.add("head", 0, 1, 2);
    FiringRates incomplete = FiringRates.of(counts);
    assertThatThrownBy(
            () -> EnergyAccount.of(COSTS, incomplete, EnergyConstants.NANOMETRES_45, FUSED))
        .isInstanceOf(UserException.class)
        .hasMessage("firing rates: expected layer 'stage1.conv_block1.pointwise1', found 1 others");
  }

  private static EnergyAccount account(CountingConvention convention) {
    return EnergyAccount.of(COSTS, PUBLISHED, EnergyConstants.NANOMETRES_45, convention);
  }

  private static String twoDigits(CountingConvention convention) {
    return Text.format("%.2f", account(convention).millijoules());
  }

  private static double sum(Iterable<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
