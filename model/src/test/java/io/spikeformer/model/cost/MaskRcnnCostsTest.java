package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MaskRcnnCostsTest {
  private static MetaSpikeFormerConfig network(String backbone, MaskRcnn form) {
    return MetaSpikeFormerConfig.preset(backbone).toBuilder().classes(80).maskRcnn(form).build();
  }

  private static MaskRcnn form(MaskRcnn.Predictor predictor, Norm norm) {
    return new MaskRcnn(256, 1024, predictor, norm, Norm.NONE, MaskRcnn.Strides.REAL, Fuse.KEEP);
  }

  /** Counted from the PyTorch form's modules; paper, Table 3: 34.9 and 75.0 million. */
  @ParameterizedTest
  @CsvSource({
    "15M, SPIKES, NONE, 34863320", "55M, SPIKES, NONE, 75007728",
    "15M, MEMBRANE, NONE, 34863320", "15M, SPIKES, BATCH, 34866648"
  })
  void hasAsManyParametersAsPublished(
      String backbone, MaskRcnn.Predictor predictor, Norm norm, long parameters) {
    MetaSpikeFormerConfig config = network(backbone, form(predictor, norm));
    assertThat(ParameterLayout.of(config).trainable()).isEqualTo(parameters);
    assertThat(ModelSummary.of(config, 512, 853).parameters()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({"coco-maskrcnn-15m, 15M", "coco-maskrcnn-55m, 55M"})
  void presetsAreThePublishedDetectors(String preset, String backbone) {
    MetaSpikeFormerConfig network = network(backbone, MaskRcnn.PUBLISHED);
    assertThat(MetaSpikeFormerConfig.preset(preset).inCircumstancesOf(network)).isEqualTo(network);
    assertThat(MetaSpikeFormerConfig.presets()).contains(preset);
  }

  /** A normalisation has two numbers for each channel, a bias one. */
  @Test
  void aNormalisationBehindTheFullyConnectedLayersReplacesTheirBiases() {
    MaskRcnn form =
        new MaskRcnn(
            256,
            1024,
            MaskRcnn.Predictor.SPIKES,
            Norm.NONE,
            Norm.BATCH,
            MaskRcnn.Strides.REAL,
            Fuse.KEEP);
    assertThat(ParameterLayout.of(network("15M", form)).trainable()).isEqualTo(34_863_320 + 2_048);
  }

  /**
   * 10^9 multiply-accumulate operations of 1,000 and 100 regions, 512 x 853 pixels, computed by
   * hand: 22 (pyramid), 23 (proposals), 14 (boxes) and 53 (masks) with the authors' strides.
   */
  @ParameterizedTest
  @CsvSource({
    "REAL, head\\.(lateral|output)\\d, 22.41", "REAL, head\\.rpn.*, 21.68",
    "REAL, head\\.(fc|box).*, 14.31", "REAL, head\\.mask.*, 52.98",
    "DECLARED, head\\.rpn.*, 22.64", "DECLARED, head\\..*, 113.10"
  })
  void countsTheOperationsOfEachStage(MaskRcnn.Strides strides, String layers, double expected) {
    MaskRcnn form =
        new MaskRcnn(
            256, 1024, MaskRcnn.Predictor.SPIKES, Norm.NONE, Norm.NONE, strides, Fuse.KEEP);
    double found =
        head(network("15M", form)).stream()
            .filter(cost -> cost.layer().matches(layers))
            .mapToDouble(cost -> cost.macs() / 1e9)
            .sum();
    assertThat(found).isCloseTo(expected, within(0.006));
  }

  @Test
  void everyLayerOfTheHeadReadsSpikes() {
    MetaSpikeFormerConfig config = network("15M", MaskRcnn.PUBLISHED);
    assertThat(head(config))
        .extracting(LayerCost::layer)
        .containsExactly(
            "head.lateral0",
            "head.lateral1",
            "head.lateral2",
            "head.lateral3",
            "head.output0",
            "head.output1",
            "head.output2",
            "head.output3",
            "head.rpn",
            "head.rpn_score_delta",
            "head.fc1",
            "head.fc2",
            "head.box_score_delta",
            "head.mask0",
            "head.mask1",
            "head.mask2",
            "head.mask3",
            "head.mask_up",
            "head.mask_logit");
    assertThat(head(config)).allMatch(cost -> cost.input() == LayerCost.Input.SPIKES);
    MetaSpikeFormerConfig real = network("15M", form(MaskRcnn.Predictor.MEMBRANE, Norm.NONE));
    assertThat(head(real))
        .filteredOn(cost -> cost.neurons().equals(Optional.empty()))
        .extracting(LayerCost::layer)
        .containsExactly("head.box_score_delta");
  }

  private static List<LayerCost> head(MetaSpikeFormerConfig config) {
    return LayerCosts.of(config, 512, 853).layers(CountingConvention.FUSED).stream()
        .filter(cost -> cost.stage().equals("head"))
        .toList();
  }

  /** Small scores, smaller boxes, masks below 0. */
  @Test
  void drawsItsLastLayersByTheirPurpose() {
    MetaSpikeFormerConfig config = network("tiny", MaskRcnn.PUBLISHED);
    assertThat(deviation(config, "rpn_score.weight")).isCloseTo(0.01, within(0.002));
    assertThat(deviation(config, "rpn_delta.weight")).isCloseTo(0.01, within(0.001));
    assertThat(deviation(config, "box_score.weight")).isCloseTo(0.01, within(0.001));
    assertThat(deviation(config, "box_delta.weight")).isCloseTo(0.001, within(0.0001));
    double xavier = Math.sqrt(2.0 / (49 * 256 + 1024));
    assertThat(deviation(config, "fc1.weight")).isCloseTo(xavier, within(xavier / 20));
    double mask = Math.sqrt(2.0 / (256 + 80));
    assertThat(deviation(config, "mask_logit.weight")).isCloseTo(mask, within(mask / 20));
    assertThat(deviation(config, "mask_logit.bias")).isCloseTo(0.1, within(1e-6));
    assertThat(deviation(config, "box_score.bias")).isZero();
  }

  /** Root of the mean square of a tensor of the head before training. */
  private static double deviation(MetaSpikeFormerConfig config, String name) {
    Block head = Block.of(config, config.blocks().get(config.blocks().size() - 1));
    float[] values =
        head.parameters().all().stream()
            .filter(parameter -> parameter.name().equals(name))
            .findFirst()
            .orElseThrow()
            .initial(1);
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void neckAndHeadArePartsOfTheirOwn() {
    List<Entry> entries = ParameterLayout.of(network("tiny", MaskRcnn.PUBLISHED)).entries();
    assertThat(entries)
        .filteredOn(entry -> entry.name().matches("head/(lateral|output).*"))
        .allMatch(entry -> entry.part() == ParameterLayout.Part.NECK);
    assertThat(entries)
        .filteredOn(entry -> entry.name().matches("head/(rpn|fc|box|mask).*"))
        .allMatch(entry -> entry.part() == ParameterLayout.Part.HEAD);
  }

  @Test
  void configurationsOfOtherHeadsAreWrittenAsBefore() {
    assertThat(MetaSpikeFormerConfig.preset("tiny").toJson()).doesNotContain("maskRcnn");
    MetaSpikeFormerConfig config =
        network(
            "15M",
            new MaskRcnn(
                32,
                64,
                MaskRcnn.Predictor.MEMBRANE,
                Norm.BATCH,
                Norm.BATCH,
                MaskRcnn.Strides.DECLARED,
                Fuse.MEAN));
    assertThat(config.toJson())
        .contains(
            "\"maskRcnn\":{\"neckWidth\":32,\"hiddenWidth\":64,\"predictor\":\"membrane\","
                + "\"norm\":\"bn\",\"hiddenNorm\":\"bn\",\"strides\":\"declared\",\"fuse\":\"mean\"}");
    assertThat(MetaSpikeFormerConfig.fromJson(config.toJson())).isEqualTo(config);
  }

  @Test
  void aNetworkHasOneHead() {
    assertThatThrownBy(
            () ->
                network("15M", MaskRcnn.PUBLISHED).toBuilder()
                    .semanticFpn(SemanticFpn.published(8))
                    .build())
        .hasMessage("model head: expected a semantic FPN, a Mask R-CNN or a YOLO, found several");
    assertThatThrownBy(
            () ->
                new MaskRcnn(
                    0,
                    1,
                    MaskRcnn.Predictor.SPIKES,
                    Norm.NONE,
                    Norm.NONE,
                    MaskRcnn.Strides.REAL,
                    Fuse.KEEP))
        .hasMessage("Mask R-CNN neck width: expected >= 1, found 0");
  }
}
