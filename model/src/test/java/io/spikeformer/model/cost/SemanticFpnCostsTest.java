package io.spikeformer.model.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Fuse;
import io.spikeformer.model.config.SemanticFpn.Norm;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SemanticFpnCostsTest {
  private static MetaSpikeFormerConfig network(String backbone, int classes, int neck, Norm norm) {
    return MetaSpikeFormerConfig.preset(backbone).toBuilder()
        .classes(classes)
        .semanticFpn(new SemanticFpn(neck, 128, Fuse.MEAN, norm))
        .build();
  }

  /** Counted from the PyTorch form's modules. */
  @ParameterizedTest
  @CsvSource({
    "15M, 150, 128, NONE, 16470142", "15M, 21, 128, NONE, 16453501",
    "55M, 150, 256, NONE, 58992278", "55M, 21, 256, NONE, 58975637",
    "15M, 150, 128, BATCH, 16471166", "55M, 150, 256, BATCH, 58994326"
  })
  void hasAsManyParametersAsPublished(
      String backbone, int classes, int neck, Norm norm, long parameters) {
    MetaSpikeFormerConfig config = network(backbone, classes, neck, norm);
    assertThat(ParameterLayout.of(config).trainable()).isEqualTo(parameters);
    assertThat(ModelSummary.of(config, 512, 512).parameters()).isEqualTo(parameters);
  }

  @ParameterizedTest
  @CsvSource({
    "ade20k-16m, 16470142", "voc2012-16m, 16453501",
    "ade20k-58m, 58992278", "voc2012-58m, 58975637"
  })
  void presetsHaveAsManyParametersAsPublished(String preset, long parameters) {
    MetaSpikeFormerConfig config = MetaSpikeFormerConfig.preset(preset);
    assertThat(config.imageSize()).isEqualTo(512);
    assertThat(ParameterLayout.of(config).trainable()).isEqualTo(parameters);
  }

  /** 10^9 multiply-accumulate operations of each layer behind the backbone, 512 x 512 pixels. */
  @Test
  void countsTheOperationsOfEachLayer() {
    MetaSpikeFormerConfig config = network("15M", 150, 128, Norm.NONE);
    Map<String, Double> found = new LinkedHashMap<>();
    LayerCosts.of(config, 512, 512).layers(CountingConvention.FUSED).stream()
        .filter(cost -> cost.stage().equals("head"))
        .forEach(cost -> found.put(cost.layer(), cost.macs() / 1e9));
    Map<String, Double> expected = new LinkedHashMap<>();
    double[] laterals = {.27, .13, .07, .05};
    double[] outputs = {9.66, 2.42, .60, .15};
    for (int i = 0; i < laterals.length; i++) {
      expected.put("head.lateral" + i, laterals[i]);
    }
    for (int i = 0; i < outputs.length; i++) {
      expected.put("head.output" + i, outputs[i]);
    }
    expected.put("head.scale0.0", 9.66);
    expected.put("head.scale1.0", 2.42);
    expected.put("head.scale2.0", .60);
    expected.put("head.scale2.1", 2.42);
    expected.put("head.scale3.0", .15);
    expected.put("head.scale3.1", .60);
    expected.put("head.scale3.2", 2.42);
    expected.put("head.classifier", 1.26);
    assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (layer, macs) -> assertThat(found.get(layer)).as(layer).isCloseTo(macs, within(.0051)));
  }

  @Test
  void configurationsOfClassifiersAreWrittenAsBefore() {
    MetaSpikeFormerConfig classifier = MetaSpikeFormerConfig.preset("tiny");
    assertThat(classifier.toJson()).doesNotContain("semanticFpn");
    MetaSpikeFormerConfig config = network("15M", 21, 128, Norm.BATCH);
    assertThat(MetaSpikeFormerConfig.fromJson(config.toJson())).isEqualTo(config);
  }
}
