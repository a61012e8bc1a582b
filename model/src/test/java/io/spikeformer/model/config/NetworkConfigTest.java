package io.spikeformer.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import io.spikeformer.model.cost.ModelSummary;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Ablations (Table 5) and the networks of Table 1 as presets. */
class NetworkConfigTest {
  private static final int IMAGENET = 224;

  static List<String> presets() {
    return NetworkConfig.presets();
  }

  @ParameterizedTest
  @CsvSource({
    "31M, 31.334",
    "31M-no-sepconv, 30.938",
    "31M-channel-mlp, 25.878",
    "31M-one-step-stage1, 31.830",
    "31M-linear-qkv, 27.170",
    "31M-linear-output, 29.946",
    "31M-sdsa1, 31.334",
    "31M-sdsa2, 28.594",
    "31M-sdsa4, 31.334",
    "31M-vanilla-shortcut, 31.334",
    "31M-sew-shortcut, 31.334",
    "31M-no-pyramid, 26.909",
    "31M-fully-transformer, 26.198",
    "31M-fully-cnn-like-for-like, 112.193",
    "MS-ResNet-34, 21.802",
    "MS-ResNet-104, 77.284",
    "SEW-ResNet-50, 25.557",
    "SEW-ResNet-152, 60.193",
    "Spikformer-8-512, 29.689",
    "Spikformer-8-768, 66.339",
    "SDT-V1-8-512, 29.689",
    "SDT-V1-8-768, 66.339"
  })
  void presetsHaveThePublishedSizes(String preset, String millions) {
    ModelSummary summary = ModelSummary.of(NetworkConfig.preset(preset), IMAGENET, IMAGENET);
    assertThat(Text.format("%.3f", summary.parameters() / 1e6)).isEqualTo(millions);
  }

  /** INTEGER.md, section 4; published as 5.1, 10.0 and 19.0 million. */
  @ParameterizedTest
  @CsvSource({
    "e-spikeformer-3m, 2702048",
    "e-spikeformer-5m, 5105608",
    "e-spikeformer-10m, 10023112",
    "e-spikeformer-19m, 18987504"
  })
  void successorsHaveThePublishedSizes(String preset, long parameters) {
    NetworkConfig config = NetworkConfig.preset(preset);
    assertThat(ModelSummary.of(config, IMAGENET, IMAGENET).parameters()).isEqualTo(parameters);
    assertThat(config.timesteps()).isEqualTo(1);
    assertThat(config.neuron().integers())
        .isEqualTo(new IntegerFiring(4, Rounding.HALF_EVEN, Window.CLOSED, true, 2));
  }

  @Test
  void aNeuronKeepsItsFormWithOtherLevels() {
    NeuronConfig successor = NetworkConfig.preset("e-spikeformer-5m").neuron();
    assertThat(successor.withLevels(8).integers())
        .isEqualTo(new IntegerFiring(8, Rounding.HALF_EVEN, Window.CLOSED, true, 2));
    assertThat(successor.withLevels(4)).isEqualTo(successor);
    assertThat(NeuronConfig.PAPER.withLevels(8)).isEqualTo(NeuronConfig.integer(8));
  }

  @Test
  void valuesOfSuccessorsNeedLinearProjections() {
    assertThatThrownBy(
            () ->
                Structure.E_SPIKEFORMER.with(
                    Structure.ProjectionKind.REPCONV, Structure.ProjectionKind.LINEAR))
        .hasMessage(
            "model structure: expected linear projections, whose values may be wider, in"
                + " E-SpikeFormer's transformer blocks, found REPCONV and LINEAR");
  }

  @ParameterizedTest
  @MethodSource("presets")
  void blocksDeclareWhatIsCounted(String preset) {
    NetworkConfig config = NetworkConfig.preset(preset);
    ModelSummary summary = ModelSummary.of(config, IMAGENET, IMAGENET);
    List<BlockSpec> blocks = config.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      long declared =
          Block.of(config, blocks.get(i)).parameters().all().stream()
              .filter(parameter -> parameter.kind().trainable())
              .mapToLong(parameter -> parameter.length())
              .sum();
      assertThat(summary.blocks().get(i).parameters()).as(blocks.get(i).name()).isEqualTo(declared);
    }
  }

  @ParameterizedTest
  @MethodSource("presets")
  void survivesJson(String preset) {
    NetworkConfig config = NetworkConfig.preset(preset).withTimesteps(3);
    assertThat(NetworkConfig.fromJson(config.toJson())).isEqualTo(config);
  }

  @Test
  void aConfigurationWrittenBeforeThereWereAblationsIsThePublishedModel() {
    String json = MetaSpikeFormerConfig.preset("15M").toJson();
    String older = json.replaceFirst(",\"structure\":\\{[^}]*}", "");
    assertThat(older).isNotEqualTo(json).doesNotContain("structure");
    assertThat(NetworkConfig.fromJson(older)).isEqualTo(MetaSpikeFormerConfig.preset("15M"));
  }

  @Test
  void aConfigurationWrittenBeforeThereWereSuccessorsIsThePublishedModel() {
    String json = MetaSpikeFormerConfig.preset("31M-sdsa4").toJson();
    String older = json.replace(",\"transformer\":\"META\"", "");
    assertThat(older).isNotEqualTo(json);
    assertThat(NetworkConfig.fromJson(older)).isEqualTo(MetaSpikeFormerConfig.preset("31M-sdsa4"));
  }

  @Test
  void blocksFollowTheStructure() {
    assertThat(names("31M-no-pyramid"))
        .doesNotContain("stage4.downsample")
        .contains("stage4.block2");
    assertThat(names("31M-one-step-stage1"))
        .startsWith(
            "stage1.downsample1", "stage1.conv_block1", "stage1.conv_block2", "stage2.down");
    ModelSummary oneStep =
        ModelSummary.of(NetworkConfig.preset("31M-one-step-stage1"), IMAGENET, IMAGENET);
    assertThat(oneStep.blocks().get(0).output()).hasToString("56x56x96");
    ModelSummary patches =
        ModelSummary.of(NetworkConfig.preset("Spikformer-8-512"), IMAGENET, IMAGENET);
    assertThat(patches.blocks().get(4).output()).hasToString("14x14x512");
    ModelSummary resNet = ModelSummary.of(NetworkConfig.preset("MS-ResNet-34"), IMAGENET, IMAGENET);
    assertThat(resNet.blocks().get(16).output()).hasToString("7x7x512");
    assertThat(
            ModelSummary.of(NetworkConfig.preset("SEW-ResNet-50"), IMAGENET, IMAGENET)
                .blocks()
                .get(16)
                .output())
        .hasToString("7x7x2048");
  }

  private static List<String> names(String preset) {
    return NetworkConfig.preset(preset).blocks().stream()
        .map(block -> block.name().replace("stage2.downsample", "stage2.down"))
        .toList();
  }

  @Test
  void integersAreAPartOfTheNeuronAndBinaryConfigurationsDoNotKnowThem() {
    MetaSpikeFormerConfig binary = MetaSpikeFormerConfig.preset("tiny");
    assertThat(binary.toJson()).contains("\"detachReset\":true}").doesNotContain("integers");
    MetaSpikeFormerConfig config = binary.toBuilder().neuron(NeuronConfig.integer(8)).build();
    assertThat(config.toJson()).contains("\"integers\":{\"levels\":8,\"rounding\":\"HALF_EVEN\"");
    assertThat(NetworkConfig.fromJson(config.toJson())).isEqualTo(config);
    assertThat(config.sumsSpikes()).isTrue();
    assertThat(config.neuron())
        .isEqualTo(
            new NeuronConfig(
                4.0 / 3,
                1,
                1,
                Surrogate.SIGMOID,
                4,
                true,
                new IntegerFiring(8, Rounding.HALF_EVEN, Window.CLOSED, true, 0.125)));
  }

  @Test
  void integersAreRefusedWhereTheyHaveNoMeaning() {
    for (AttentionOperator attention :
        List.of(AttentionOperator.SDSA_1, AttentionOperator.SDSA_2, AttentionOperator.SDSA_4)) {
      assertThatThrownBy(
              () ->
                  MetaSpikeFormerConfig.preset("tiny").toBuilder()
                      .attention(attention)
                      .neuron(NeuronConfig.integer(4))
                      .build())
          .hasMessage(
              "neuron levels: expected attention SDSA_3, found "
                  + attention
                  + ": integers can neither mask values nor have a learnable threshold");
    }
    assertThatThrownBy(
            () ->
                MetaSpikeFormerConfig.preset("31M-sew-shortcut").toBuilder()
                    .neuron(NeuronConfig.integer(4))
                    .build())
        .hasMessageStartingWith("neuron levels: expected membrane shortcuts, found SEW: ");
    BaselineConfig other = (BaselineConfig) NetworkConfig.preset("MS-ResNet-34");
    assertThatThrownBy(() -> other.withNeuron(NeuronConfig.integer(4)))
        .hasMessage(
            "neuron levels: expected a Meta-SpikeFormer, found MS-ResNet-34, which fires spikes"
                + " alone");
    assertThatThrownBy(() -> IntegerFiring.of(9))
        .hasMessage("neuron levels: expected a number from 1 to 8, found 9");
  }

  @Test
  void onlySewShortcutsSumSpikes() {
    assertThat(NetworkConfig.preset("31M").sumsSpikes()).isFalse();
    assertThat(NetworkConfig.preset("31M-vanilla-shortcut").sumsSpikes()).isFalse();
    assertThat(NetworkConfig.preset("31M-sew-shortcut").sumsSpikes()).isTrue();
    assertThat(NetworkConfig.preset("SEW-ResNet-50").sumsSpikes()).isTrue();
    assertThat(NetworkConfig.preset("SDT-V1-8-512").sumsSpikes()).isFalse();
  }

  @Test
  void impossibleNetworksAreRefusedInOneLine() {
    assertThatThrownBy(() -> NetworkConfig.preset("SEW-ResNet-51"))
        .hasMessageStartingWith("preset: expected one of 15M, ")
        .hasMessageEndingWith(", SDT-V1-8-768, found 'SEW-ResNet-51'");
    assertThatThrownBy(
            () -> BaselineConfig.of("x", BaselineConfig.Family.SPIKFORMER, 20, 2).blocks())
        .hasMessage("model width: expected a multiple of 8, found 20");
    assertThatThrownBy(() -> BaselineConfig.of("x", BaselineConfig.Family.MS_RESNET, 8, 2))
        .hasMessage("model depths: expected 4 numbers >= 1, found [2]");
    assertThatThrownBy(
            () ->
                MetaSpikeFormerConfig.builder("x")
                    .widths(24, 32, 64, 64)
                    .structure(Structure.PAPER.with(Structure.Blocks.TRANSFORMER))
                    .build())
        .hasMessage(
            "model widths: expected multiples of 8 heads in all stages of transformers, found"
                + " [24, 32, 64, 64]");
    assertThatThrownBy(
            () -> MetaSpikeFormerConfig.fromJson(NetworkConfig.preset("SEW-ResNet-50").toJson()))
        .hasMessage("model configuration: expected a Meta-SpikeFormer, found another");
  }
}
