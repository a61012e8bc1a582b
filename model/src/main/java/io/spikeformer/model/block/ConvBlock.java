package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.TokenConvolution;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * CNN-based block (paper, Eq. 7-10), with BN after each convolution but between dw and pw2.
 *
 * <pre>
 * U'  = U  + SepConv(U)          SepConv(U)      = Conv_pw2(Conv_dw(SN(Conv_pw1(SN(U)))))
 * U'' = U' + ChannelConv(U')     ChannelConv(U') = Conv(SN(Conv(SN(U'))))
 * </pre>
 *
 * <p>Ablations leave SepConv out, make the channel convolution's windows 1x1, or connect otherwise
 * ({@link Residuals}).
 */
final class ConvBlock extends Block {
  private final Residuals residuals;

  ConvBlock(NeuronConfig neuron, BlockSpec.Convolutional spec) {
    Parameters p = parameters();
    String name = spec.name();
    int width = spec.width();
    int hidden = CHANNEL_RATIO * width;
    int window = spec.channelMixer() == ChannelMixer.CONVOLUTION ? 3 : 1;
    List<Residuals.Step> steps = new ArrayList<>();
    if (spec.tokenConvolution() == TokenConvolution.SEPARABLE) {
      steps.add(
          new Residuals.Step(
              name + ".pointwise1", new SeparableConvolution(p, name, width, neuron)));
    }
    steps.add(
        new Residuals.Step(
            name + ".conv1",
            new ConvolutionBranch(p, name, neuron)
                .then("conv1", width, hidden, window, 1)
                .then("conv2", hidden, width, window, 1)));
    residuals = Residuals.of(spec.shortcut(), neuron, steps);
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
