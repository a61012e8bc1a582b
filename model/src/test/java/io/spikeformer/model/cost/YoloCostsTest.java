package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.Yolo;
import io.spikeformer.model.config.YoloHeadSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class YoloCostsTest {
  private static MetaSpikeFormerConfig network(String backbone, int classes) {
    return MetaSpikeFormerConfig.preset(backbone).toBuilder()
        .classes(classes)
        .yolo(Yolo.PUBLISHED)
        .build();
  }

  /** Counted from the PyTorch form's modules; paper, Table 9: 16.8 million. */
  @Test
  void hasAsManyParametersAsPublished() {
    MetaSpikeFormerConfig config = network("15M", 80);
    assertThat(ParameterLayout.of(config).trainable()).isEqualTo(16_777_285);
    assertThat(ModelSummary.of(config, 640, 640).parameters()).isEqualTo(16_777_285);
  }

  /**
   * By hand, in 10^6 multiply-accumulate operations at 640 x 640 pixels: of the finest level, 6,400
   * positions, C3 (224 * 96 + 48 * 48 + 9 * 48 * 48 + 96 * 96) and answers 96 * 255. All together
   * are 1.9 * 10^9.
   */
  @Test
  void countsTheOperations() {
    List<LayerCost> costs = head(network("15M", 80));
    assertThat(macs(costs, "head\\.top_down3\\..*")).isCloseTo(344.06, within(0.01));
    assertThat(macs(costs, "head\\.answers0")).isCloseTo(156.67, within(0.01));
    assertThat(macs(costs, "head\\..*")).isCloseTo(1900, within(50.0));
    assertThat(costs).hasSize(2 + 4 + 4 * 4 + 3);
    assertThat(costs).allMatch(cost -> cost.input() == LayerCost.Input.SPIKES);
  }

  private static List<LayerCost> head(MetaSpikeFormerConfig config) {
    return LayerCosts.of(config, 640, 640).layers(CountingConvention.FUSED).stream()
        .filter(cost -> cost.stage().equals("head"))
        .toList();
  }

  private static double macs(List<LayerCost> costs, String layers) {
    return costs.stream()
        .filter(cost -> cost.layer().matches(layers))
        .mapToDouble(cost -> cost.macs() / 1e6)
        .sum();
  }

  /** Eight objects in an image of 640 pixels, and 0.6 of one class, in each of three anchors. */
  @Test
  void answersBeginWithFewObjects() {
    MetaSpikeFormerConfig config = network("tiny", 4);
    YoloHeadSpec spec = (YoloHeadSpec) config.blocks().get(config.blocks().size() - 1);
    assertThat(spec.strides()).containsExactly(4, 8, 16);
    float[] bias =
        Block.of(config, spec).parameters().all().stream()
            .filter(parameter -> parameter.name().equals("answers1.bias"))
            .findFirst()
            .orElseThrow()
            .initial(1);
    assertThat(bias).hasSize(3 * 9);
    for (int anchor = 0; anchor < 3; anchor++) {
      assertThat(bias[9 * anchor + 3]).isZero();
      // 8 / 80^2
      assertThat(bias[9 * anchor + 4]).isCloseTo(-6.6846f, within(1e-4f));
      // 0.6 / 3.00001
      assertThat(bias[9 * anchor + 5]).isCloseTo(-1.6094f, within(1e-4f));
      assertThat(bias[9 * anchor + 8]).isCloseTo(-1.6094f, within(1e-4f));
    }
  }

  @Test
  void neckAndHeadArePartsOfTheirOwn() {
    List<Entry> entries = ParameterLayout.of(network("tiny", 4)).entries();
    assertThat(entries)
        .filteredOn(entry -> entry.name().startsWith("head/answers"))
        .hasSize(6)
        .allMatch(entry -> entry.part() == ParameterLayout.Part.HEAD);
    assertThat(entries)
        .filteredOn(entry -> entry.name().matches("head/(?!answers).*"))
        .allMatch(entry -> entry.part() == ParameterLayout.Part.NECK);
  }

  @Test
  void configurationsOfOtherHeadsAreWrittenAsBefore() {
    assertThat(MetaSpikeFormerConfig.preset("tiny").toJson()).doesNotContain("yolo");
    MetaSpikeFormerConfig config =
        network("15M", 80).toBuilder()
            .yolo(new Yolo(List.of(8, 16, 24), List.of(4, 4, 8, 9, 16, 17)))
            .build();
    assertThat(config.toJson())
        .contains("\"yolo\":{\"widths\":[8,16,24],\"anchors\":[4,4,8,9,16,17]}");
    assertThat(MetaSpikeFormerConfig.fromJson(config.toJson())).isEqualTo(config);
    assertThat(config.imageSize()).isEqualTo(640);
  }

  @Test
  void refusesWidthsAndAnchorsThatDoNotFit() {
    assertThatThrownBy(() -> network("15M", 80).toBuilder().maskRcnn(MaskRcnn.PUBLISHED).build())
        .hasMessage("model head: expected a semantic FPN, a Mask R-CNN or a YOLO, found several");
    assertThatThrownBy(() -> new Yolo(List.of(8, 9, 10), Yolo.PUBLISHED.anchors()))
        .hasMessage("YOLO widths: expected even numbers >= 2, found [8, 9, 10]");
    assertThatThrownBy(() -> new Yolo(List.of(8, 8, 8), List.of(1, 2, 3)))
        .hasMessage(
            "YOLO anchors: expected a width and a height for as many anchors in each of three"
                + " levels, found [1, 2, 3]");
    assertThatThrownBy(() -> new Yolo(List.of(8, 8, 8), List.of(1, 2, 3, 0, 5, 6)))
        .hasMessage("YOLO anchors: expected numbers >= 1, found [1, 2, 3, 0, 5, 6]");
  }
}
