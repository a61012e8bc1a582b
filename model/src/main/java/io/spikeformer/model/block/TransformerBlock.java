package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Structure.TransformerForm;
import java.util.ArrayList;
import java.util.List;

/**
 * Transformer-based block (paper, Eq. 11-14).
 *
 * <pre>
 * Q, K, V = SN(RepConv1(S)), SN(RepConv2(S)), SN(RepConv3(S)),  S = SN(U)
 * U'  = U  + RepConv4(SDSA(Q, K, V))
 * U'' = U' + ChannelMLP(U'),  ChannelMLP(U') = Linear(SN(Linear(SN(U'))))
 * </pre>
 *
 * <p>In an E-SpikeFormer (Yao et al. 2024, Spike-driven Transformer V3) the projections are linear,
 * V is four times as wide, and U + SepConv(U) with windows of 3x3 is in front.
 *
 * <p>Ablations make projections linear ({@link AttentionBranch}) or connect otherwise ({@link
 * Residuals}).
 */
final class TransformerBlock extends ShortcutBlock {
  private static final int WINDOW = 3;

  private final Residuals residuals;

  TransformerBlock(NeuronConfig neuron, BlockSpec.Transformer spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    int width = spec.width();
    int hidden = CHANNEL_RATIO * width;
    List<Branch> branches = new ArrayList<>();
    if (spec.form() == TransformerForm.EFFICIENT) {
      branches.add(ConvolutionBranch.separable(p, layers, neuron, width, WINDOW));
    }
    branches.add(new AttentionBranch(p, layers, spec, neuron));
    branches.add(
        new ConvolutionBranch(p, layers, neuron)
            .thenLinear("linear1", width, hidden)
            .thenLinear("linear2", hidden, width));
    residuals = Residuals.of(spec.shortcut(), neuron, branches);
  }

  @Override
  Residuals residuals() {
    return residuals;
  }
}
