package io.spikeformer.model.config;

import io.spikeformer.common.Text;
import io.spikeformer.model.config.Structure.Blocks;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.FirstStage;
import io.spikeformer.model.config.Structure.ProjectionKind;
import io.spikeformer.model.config.Structure.Pyramid;
import io.spikeformer.model.config.Structure.TokenConvolution;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The rows of the paper's Table 5: what each changes of the 31M model. */
final class Ablations {
  private static final String BASE = "31M";

  private Ablations() {}

  private static Map<String, UnaryOperator<MetaSpikeFormerConfig.Builder>> rows() {
    Structure paper = Structure.PAPER;
    Map<String, UnaryOperator<MetaSpikeFormerConfig.Builder>> rows = new LinkedHashMap<>();
    rows.put("no-sepconv", b -> b.structure(paper.with(TokenConvolution.NONE)));
    rows.put("channel-mlp", b -> b.structure(paper.with(ChannelMixer.MLP)));
    rows.put("one-step-stage1", b -> b.structure(paper.with(FirstStage.ONE_STEP)));
    rows.put(
        "linear-qkv", b -> b.structure(paper.with(ProjectionKind.LINEAR, ProjectionKind.REPCONV)));
    rows.put(
        "linear-output",
        b -> b.structure(paper.with(ProjectionKind.REPCONV, ProjectionKind.LINEAR)));
    rows.put("sdsa1", b -> b.attention(AttentionOperator.SDSA_1));
    rows.put("sdsa2", b -> b.attention(AttentionOperator.SDSA_2));
    rows.put("sdsa4", b -> b.attention(AttentionOperator.SDSA_4));
    rows.put("vanilla-shortcut", b -> b.structure(paper.with(Shortcut.VANILLA)));
    rows.put("sew-shortcut", b -> b.structure(paper.with(Shortcut.SEW)));
    rows.put("no-pyramid", b -> b.structure(paper.with(Pyramid.THREE_STAGES)));
    rows.put("fully-transformer", b -> b.structure(paper.with(Blocks.TRANSFORMER)));
    rows.put("fully-cnn-like-for-like", b -> b.structure(paper.with(Blocks.CONVOLUTION)));
    return rows;
  }

  /** Names of the ablations. */
  static List<String> presets() {
    return rows().keySet().stream().map(row -> BASE + "-" + row).toList();
  }

  /**
   * An ablation by name.
   *
   * @throws IllegalArgumentException for any other name, naming all presets
   */
  static MetaSpikeFormerConfig preset(String name) {
    UnaryOperator<MetaSpikeFormerConfig.Builder> row =
        name.startsWith(BASE + "-") ? rows().get(name.substring(BASE.length() + 1)) : null;
    if (row == null) {
      throw new IllegalArgumentException(
          Text.format(
              "preset: expected one of %s, found '%s'",
              String.join(", ", MetaSpikeFormerConfig.presets()), name));
    }
    return row.apply(MetaSpikeFormerConfig.preset(BASE).toBuilder().name(name)).build();
  }
}
