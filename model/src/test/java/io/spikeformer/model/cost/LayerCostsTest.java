package io.spikeformer.model.cost;

import static io.spikeformer.model.cost.CountingConvention.AS_EXECUTED;
import static io.spikeformer.model.cost.CountingConvention.FUSED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerCostsTest {
  private static final MetaSpikeFormerConfig MEDIUM = MetaSpikeFormerConfig.preset("31M");
  private final LayerCosts costs = LayerCosts.of(MEDIUM, 224, 224);

  @Test
  void totalsOfThePublished31M() {
    assertThat(costs.macs(FUSED)).isEqualTo(32_292_348_672L);
    assertThat(costs.macs(AS_EXECUTED)).isEqualTo(13_950_963_456L);
  }

  @Test
  void separableConvolutionIsOneDenseConvolutionWhenFused() {
    assertThat(macs(FUSED, "stage1.conv_block1.depthwise_pointwise2"))
        .containsExactly(49L * 96 * 48 * 112 * 112);
    assertThat(macs(AS_EXECUTED, "stage1.conv_block1.depthwise_pointwise2"))
        .containsExactly(49L * 96 * 112 * 112, 96L * 48 * 112 * 112);
  }

  @Test
  void repConvIsOneDenseConvolutionWhenFused() {
    long pixels = 14 * 14;
    assertThat(macs(FUSED, "stage3.block2.repconv_qkv"))
        .containsExactly(3 * 9L * 384 * 384 * pixels);
    assertThat(macs(AS_EXECUTED, "stage3.block2.repconv_qkv"))
        .containsExactly(3L * 384 * 384 * pixels, 3 * 9L * 384 * pixels, 3L * 384 * 384 * pixels);
    assertThat(macs(FUSED, "stage3.block2.repconv_proj")).containsExactly(9L * 384 * 384 * pixels);
  }

  @Test
  void stemReadsRealNumbersAndEverythingElseSpikes() {
    for (CountingConvention convention : CountingConvention.values()) {
      List<LayerCost> layers = costs.layers(convention);
      assertThat(layers.get(0).layer()).isEqualTo("stage1.downsample1");
      assertThat(layers.get(0).input()).isEqualTo(LayerCost.Input.REAL);
      assertThat(layers.get(0).macs()).isEqualTo(49L * 3 * 48 * 112 * 112);
      assertThat(layers.subList(1, layers.size()))
          .allMatch(layer -> layer.input() == LayerCost.Input.SPIKES);
    }
  }

  @ParameterizedTest
  @EnumSource(AttentionOperator.class)
  void everyDrivingNeuronLayerExists(AttentionOperator attention) {
    MetaSpikeFormerConfig config = MEDIUM.toBuilder().attention(attention).build();
    LayerCosts all = LayerCosts.of(config, 64, 96);
    List<String> neurons = LayerCosts.neuronLayers(config);
    for (CountingConvention convention : CountingConvention.values()) {
      assertThat(all.layers(convention)).allMatch(c -> drivenBy(c, neurons));
      assertThat(all.attention(convention)).allMatch(c -> drivenBy(c, neurons));
    }
  }

  @Test
  void attentionOperatorDependsOnTheVariant() {
    long tokens = 14 * 14;
    assertThat(attentionOf(AttentionOperator.SDSA_3, FUSED))
        .containsExactly(
            Map.entry("stage3.block1.ktv", tokens * 384 * 384),
            Map.entry("stage3.block1.q_ktv", tokens * 384 * 384));
    assertThat(attentionOf(AttentionOperator.SDSA_4, AS_EXECUTED))
        .containsExactly(
            Map.entry("stage3.block1.ktv", tokens * 384 * 48),
            Map.entry("stage3.block1.q_ktv", tokens * 384 * 48));
    assertThat(attentionOf(AttentionOperator.SDSA_1, FUSED))
        .containsExactly(Map.entry("stage3.block1.mask", tokens * 384));
    assertThat(attentionOf(AttentionOperator.SDSA_2, FUSED))
        .containsExactly(Map.entry("stage3.block1.mask", tokens * 384));
  }

  @Test
  void attentionWithoutKeysHasTwoProjectionsAndNoKeyNeurons() {
    MetaSpikeFormerConfig config = MEDIUM.toBuilder().attention(AttentionOperator.SDSA_2).build();
    assertThat(LayerCosts.neuronLayers(config)).doesNotContain("stage3.block1.k");
    assertThat(
            LayerCosts.of(config, 224, 224).layers(FUSED).stream()
                .filter(c -> c.layer().equals("stage3.block1.repconv_qkv"))
                .map(LayerCost::macs))
        .containsExactly(2 * 9L * 384 * 384 * 14 * 14);
  }

  @Test
  void neuronLayersFollowTheData() {
    assertThat(LayerCosts.neuronLayers(MEDIUM))
        .hasSize(4 + 16 + 8 * 7 + 1)
        .startsWith("stage1.conv_block1.pointwise1", "stage1.conv_block1.depthwise_pointwise2")
        .containsSubsequence("stage1.downsample2", "stage4.block2.linear2", "head")
        .doesNotContain("stage1.downsample1");
  }

  @Test
  void anEmptyImageIsRefused() {
    assertThatThrownBy(() -> LayerCosts.of(MEDIUM, 0, 224))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("image size: expected at least 1 x 1 pixels, found 0 x 224");
  }

  private static boolean drivenBy(LayerCost cost, List<String> neurons) {
    return cost.neurons().map(neurons::contains).orElse(cost.layer().equals("stage1.downsample1"));
  }

  private List<Long> macs(CountingConvention convention, String layer) {
    return costs.layers(convention).stream()
        .filter(c -> c.layer().equals(layer))
        .map(LayerCost::macs)
        .toList();
  }

  private static List<Map.Entry<String, Long>> attentionOf(
      AttentionOperator attention, CountingConvention convention) {
    MetaSpikeFormerConfig config = MEDIUM.toBuilder().attention(attention).build();
    return LayerCosts.of(config, 224, 224).attention(convention).stream()
        .filter(c -> c.block().equals("stage3.block1"))
        .map(c -> Map.entry(c.layer(), c.macs()))
        .toList();
  }
}
