package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
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
 * <p>Ablations make projections linear ({@link AttentionBranch}) or connect otherwise ({@link
 * Residuals}).
 */
final class TransformerBlock extends ShortcutBlock {
  private final Residuals residuals;

  TransformerBlock(NeuronConfig neuron, BlockSpec.Transformer spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    int width = spec.width();
    int hidden = CHANNEL_RATIO * width;
    residuals =
        Residuals.of(
            spec.shortcut(),
            neuron,
            List.of(
                new AttentionBranch(p, layers, spec, neuron),
                new ConvolutionBranch(p, layers, neuron)
                    .thenLinear("linear1", width, hidden)
                    .thenLinear("linear2", hidden, width)));
  }

  @Override
  Residuals residuals() {
    return residuals;
  }
}
