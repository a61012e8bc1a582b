package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSummaryTest {
  @ParameterizedTest
  @CsvSource({"15M, 15112208", "31M, 31333864", "55M, 55350248", "tiny, 2209258"})
  void parametersAreThePublishedOnes(String preset, long parameters) {
    assertThat(summary(preset, 224).parameters()).isEqualTo(parameters);
  }

  @Test
  void eventModelHasThePublishedSize() {
    assertThat(summary("hardvs-18M", 256).parameters() / 1e6).isCloseTo(18.263, within(5e-4));
  }

  @Test
  void attentionWithoutKeysHasThePublishedSize() {
    assertThat(parametersWith(AttentionOperator.SDSA_2) / 1e6).isCloseTo(28.594, within(5e-4));
  }

  @Test
  void learnableThresholdsAreCounted() {
    assertThat(parametersWith(AttentionOperator.SDSA_4)).isEqualTo(31_333_864 + 8);
  }

  @Test
  void shapesFollowTheStrides() {
    ModelSummary summary = summary("31M", 224);
    assertThat(summary.blocks().get(0).output()).isEqualTo(new FeatureMap(112, 112, 48));
    assertThat(summary.blocks().stream().filter(b -> b.name().equals("stage4.block2")).findFirst())
        .get()
        .satisfies(
            block -> {
              assertThat(block.input()).isEqualTo(new FeatureMap(14, 14, 480));
              assertThat(block.output()).hasToString("14x14x480");
            });
    assertThat(summary.blocks().get(summary.blocks().size() - 1).output())
        .isEqualTo(new FeatureMap(1, 1, 1000));
  }

  @Test
  void totalsAreThoseOfTheLayers() {
    MetaSpikeFormerConfig config = MetaSpikeFormerConfig.preset("15M");
    LayerCosts costs = LayerCosts.of(config, 224, 224);
    ModelSummary summary = ModelSummary.of(config, 224, 224);
    assertThat(summary.fusedMacs()).isEqualTo(costs.macs(CountingConvention.FUSED));
    assertThat(summary.executedMacs()).isEqualTo(costs.macs(CountingConvention.AS_EXECUTED));
    assertThat(summary.executedMacs() / 1e9).isCloseTo(6.45, within(0.05));
  }

  private static ModelSummary summary(String preset, int size) {
    return ModelSummary.of(MetaSpikeFormerConfig.preset(preset), size, size);
  }

  private static long parametersWith(AttentionOperator attention) {
    return ModelSummary.of(
            MetaSpikeFormerConfig.preset("31M").toBuilder().attention(attention).build(), 224, 224)
        .parameters();
  }
}
