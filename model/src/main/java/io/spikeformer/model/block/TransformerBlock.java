package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Tensor;
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
 * <p>Ablations make projections linear ({@link Attention}) or connect otherwise ({@link
 * Residuals}).
 */
final class TransformerBlock extends Block {
  private final Residuals residuals;

  TransformerBlock(NeuronConfig neuron, BlockSpec.Transformer spec) {
    Parameters p = parameters();
    String name = spec.name();
    int width = spec.width();
    int hidden = CHANNEL_RATIO * width;
    residuals =
        Residuals.of(
            spec.shortcut(),
            neuron,
            List.of(
                new Residuals.Step(name + ".repconv_qkv", new Attention(p, spec, neuron)),
                new Residuals.Step(
                    name + ".linear1",
                    new ConvolutionBranch(p, name, neuron)
                        .thenLinear("linear1", width, hidden)
                        .thenLinear("linear2", hidden, width))));
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    return residuals.run(pass, u);
  }

  @Override
  Tensor runBackward(Pass pass, Tensor gradient) {
    return residuals.backward(pass, gradient);
  }
}
