package io.spikeformer.model.oracle;

import io.spikeformer.model.config.MetaSpikeFormerConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** From the oracle's names of tensors and neuron layers to this project's. */
final class OracleNames {
  private static final String DENSE =
      "(fpn|scales|classifier|rpn|mask|neck|answers)\\..*|(rpn|box|mask)_.*|fc\\d\\..*";

  /** Neurons that are not named after the layer that they feed. */
  private static final Map<String, String> DETECTOR =
      Map.of(
          "rpn_lif", "rpn_score_delta",
          "lif1", "fc1",
          "lif2", "fc2",
          "lif3", "box_score_delta",
          "mask_lif", "mask_up",
          "logit_lif", "mask_logit");

  private final MetaSpikeFormerConfig config;

  OracleNames(MetaSpikeFormerConfig config) {
    this.config = config;
  }

  /** stages.1.sep.pw1.0.weight -> stage1.conv_block1/pointwise1.weight. */
  String tensor(String name) {
    if (name.startsWith("head.")) {
      return "head/linear." + name.substring(5);
    }
    if (name.matches(DENSE)) {
      return "head/" + statistics(dense(name));
    }
    String[] parts = name.replace("backbone.", "").split("\\.", 3);
    String block = config.blocks().get(Integer.parseInt(parts[1])).name();
    String rest = parts[2];
    Map<String, String> replacements = new LinkedHashMap<>();
    replacements.put("sep.dw.", "depthwise.");
    replacements.put("sep.pw", "pointwise");
    replacements.put("attn.attn_lif.", "attention.");
    replacements.put("attn.", "");
    replacements.put("mlp.fc", "linear");
    for (Map.Entry<String, String> r : replacements.entrySet()) {
      rest =
          rest.startsWith(r.getKey()) ? r.getValue() + rest.substring(r.getKey().length()) : rest;
    }
    rest = rest.replaceFirst("^conv\\.0\\.", "conv.").replaceFirst("^conv\\.1\\.", "bn.");
    rest = rest.replaceFirst("^(pointwise\\d|conv\\d|linear\\d)\\.0\\.", "$1.");
    rest = rest.replaceFirst("^(pointwise\\d|conv\\d|linear\\d)\\.1\\.", "$1.bn.");
    return block + "/" + statistics(rest);
  }

  private static String statistics(String name) {
    return name.replace("running_mean", "runningMean").replace("running_var", "runningVar");
  }

  /** fpn.lateral.0.conv.weight -> lateral0.weight, scales.3.2.bn.bias -> scale3.2.bn.bias. */
  private static String dense(String name) {
    return name.replaceFirst("^fpn\\.(lateral|output)\\.(\\d)", "$1$2")
        .replaceFirst("^scales\\.", "scale")
        .replaceFirst("^mask\\.", "mask")
        .replaceFirst("^neck\\.", "")
        .replaceFirst("^answers\\.", "answers")
        .replace(".conv.", ".");
  }

  /** stages.1.sep.lif1 -> stage1.conv_block1.pointwise1. */
  String neurons(String name) {
    if (DETECTOR.containsKey(name)) {
      return "head." + DETECTOR.get(name);
    }
    if (name.equals("lif")) {
      return config.semanticFpn() == null ? "head" : "head.classifier";
    }
    if (name.matches(DENSE)) {
      return "head." + dense(name).replace(".lif", "");
    }
    String[] parts = name.replace("backbone.", "").split("\\.", 3);
    String block = config.blocks().get(Integer.parseInt(parts[1])).name();
    return switch (parts[2]) {
      case "lif" -> block;
      case "sep.lif1" -> block + ".pointwise1";
      case "sep.lif2" -> block + ".depthwise_pointwise2";
      case "lif1" -> block + ".conv1";
      case "lif2" -> block + ".conv2";
      case "attn.lif" -> block + ".repconv_qkv";
      case "attn.q_lif" -> block + ".q";
      case "attn.k_lif" -> block + ".k";
      case "attn.v_lif" -> block + ".v";
      case "attn.attn_lif" -> block + (config.attention().multiplies() ? ".repconv_proj" : ".mask");
      case "mlp.lif1" -> block + ".linear1";
      case "mlp.lif2" -> block + ".linear2";
      default -> throw new IllegalArgumentException(name);
    };
  }
}
