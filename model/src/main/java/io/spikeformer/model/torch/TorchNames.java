package io.spikeformer.model.torch;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Structure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names and shapes that the released models, the paper's and E-SpikeFormer's, give to the
 * tensors of a model.
 *
 * <p>Networks that were never released, ablations and those to compare with, keep this project's
 * names, with dots throughout.
 *
 * <p>A name of ours is BLOCK/PART.LEAF, one of theirs BLOCK.PART.LEAF; each of the three is looked
 * up in a table of its own.
 */
final class TorchNames {
  /** Blocks; of a transformer block, everything except its number, which they count from 0. */
  private static final Map<String, String> BLOCKS =
      Map.ofEntries(
          Map.entry("stage1.downsample1", "downsample1_1."),
          Map.entry("stage1.conv_block1", "ConvBlock1_1.0."),
          Map.entry("stage1.downsample2", "downsample1_2."),
          Map.entry("stage1.conv_block2", "ConvBlock1_2.0."),
          Map.entry("stage2.downsample", "downsample2."),
          Map.entry("stage2.conv_block1", "ConvBlock2_1.0."),
          Map.entry("stage2.conv_block2", "ConvBlock2_2.0."),
          Map.entry("stage3.downsample", "downsample3."),
          Map.entry("stage3.block", "block3."),
          Map.entry("stage4.downsample", "downsample4."),
          Map.entry("stage4.block", "block4."),
          Map.entry("head", ""));

  private static final Map<String, String> DOWNSAMPLING =
      Map.of("conv", "encode_conv", "bn", "encode_bn");

  private static final Map<String, String> CONV_BLOCK =
      Map.of(
          "pointwise1", "Conv.pwconv1",
          "pointwise1.bn", "Conv.bn1",
          "depthwise", "Conv.dwconv",
          "pointwise2", "Conv.pwconv2",
          "pointwise2.bn", "Conv.bn2",
          "conv1", "conv1",
          "conv1.bn", "bn1",
          "conv2", "conv2",
          "conv2.bn", "bn2");

  /** Parts of a RepConv, which are found at q, k, v and proj. */
  private static final Map<String, String> REP_CONV =
      Map.of(
          "conv1", "0.body.0",
          "bn1", "0.body.1.bn",
          "dw", "0.body.2.0",
          "conv2", "0.body.2.1",
          "bn2", "0.body.2.2",
          "bn3", "1");

  /** The SepConv of an E-SpikeFormer, in blocks of both kinds. */
  private static final Map<String, String> SPIKING_SEPARABLE =
      Map.of(
          "pointwise1", "pwconv1.0",
          "pointwise1.bn", "pwconv1.1",
          "depthwise", "dwconv.0",
          "depthwise.bn", "dwconv.1",
          "pointwise2", "pwconv2.0",
          "pointwise2.bn", "pwconv2.1");

  /** A projection of an E-SpikeFormer. */
  private static final Map<String, String> LINEAR_PROJECTION =
      Map.of(
          "q", "q_conv.0",
          "q.bn", "q_conv.1",
          "k", "k_conv.0",
          "k.bn", "k_conv.1",
          "v", "v_conv.0",
          "v.bn", "v_conv.1",
          "proj", "proj_conv.0",
          "proj.bn", "proj_conv.1");

  private static final Map<String, String> TRANSFORMER_BLOCK =
      Map.of(
          "linear1", "mlp.fc1_conv",
          "linear1.bn", "mlp.fc1_bn",
          "linear2", "mlp.fc2_conv",
          "linear2.bn", "mlp.fc2_bn",
          // SDSA-4; the released models have no learnable threshold
          "attention", "attn.attn_lif");

  private static final Map<String, String> HEAD =
      Map.of("linear", "head", "distillation", "head_kd");

  private static final Map<String, String> LEAVES =
      Map.of(
          "weight", "weight",
          "bias", "bias",
          "runningMean", "running_mean",
          "runningVar", "running_var",
          "threshold", "threshold");

  /** Counters of PyTorch's normalisations and averaged models, which nobody reads. */
  private static final Set<String> UNUSED = Set.of("num_batches_tracked", "n_averaged");

  private TorchNames() {}

  /**
   * One tensor.
   *
   * @param entry its place in the model
   * @param name the released models' name
   * @param shape the released models' shape, which holds the same elements in the same order
   */
  record Named(Entry entry, String name, List<Long> shape) {}

  /** All tensors of a model, in the order of its layout. */
  static List<Named> of(NetworkConfig config) {
    List<Named> names = new ArrayList<>();
    Structure structure = config instanceof MetaSpikeFormerConfig model ? model.structure() : null;
    boolean released =
        Structure.PAPER.equals(structure) || Structure.E_SPIKEFORMER.equals(structure);
    for (Entry entry : ParameterLayout.of(config).entries()) {
      String name = released ? name(entry.name(), structure) : entry.name().replace('/', '.');
      names.add(new Named(entry, name, shape(entry, name)));
    }
    return names;
  }

  /** Whether a model can do without a tensor of this name that others have. */
  static boolean unused(String name) {
    return UNUSED.contains(name.substring(name.lastIndexOf('.') + 1));
  }

  private static String name(String ours, Structure structure) {
    int slash = ours.indexOf('/');
    int dot = ours.lastIndexOf('.');
    String block = ours.substring(0, slash);
    String part = ours.substring(slash + 1, dot);
    String theirs =
        structure.equals(Structure.E_SPIKEFORMER) ? efficientPart(block, part) : part(block, part);
    return block(block) + theirs + "." + LEAVES.get(ours.substring(dot + 1));
  }

  private static String block(String block) {
    if (!isTransformer(block)) {
      return BLOCKS.get(block);
    }
    int digits = block.indexOf(".block") + ".block".length();
    int number = Integer.parseInt(block.substring(digits));
    return BLOCKS.get(block.substring(0, digits)) + (number - 1) + ".";
  }

  private static boolean isTransformer(String block) {
    return block.contains(".block");
  }

  /** A part of an E-SpikeFormer, most of which are named as in a Meta-SpikeFormer. */
  private static String efficientPart(String block, String part) {
    if (SPIKING_SEPARABLE.containsKey(part)) {
      return (isTransformer(block) ? "conv." : "Conv.") + SPIKING_SEPARABLE.get(part);
    }
    return isTransformer(block) && LINEAR_PROJECTION.containsKey(part)
        ? "attn." + LINEAR_PROJECTION.get(part)
        : part(block, part);
  }

  private static String part(String block, String part) {
    if (block.equals("head")) {
      // a Semantic FPN was not released
      return HEAD.getOrDefault(part, "head." + part);
    }
    if (block.contains(".downsample")) {
      return DOWNSAMPLING.get(part);
    }
    if (!isTransformer(block)) {
      return CONV_BLOCK.get(part);
    }
    if (TRANSFORMER_BLOCK.containsKey(part)) {
      return TRANSFORMER_BLOCK.get(part);
    }
    String[] words = part.split("\\.", 2);
    return "attn." + words[0] + "_conv." + REP_CONV.get(words[1]);
  }

  /** Theirs are ours, but the channel MLP works on [C, N] with one-dimensional convolutions. */
  private static List<Long> shape(Entry entry, String name) {
    List<Long> shape = entry.shape().stream().map(Integer::longValue).toList();
    boolean oneDimensional = name.contains(".mlp.") && name.endsWith("_conv.weight");
    return oneDimensional ? shape.subList(0, shape.size() - 1) : shape;
  }
}
