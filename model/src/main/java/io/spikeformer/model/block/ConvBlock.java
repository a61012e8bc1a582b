package io.spikeformer.model.block;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Structure.ChannelMixer;
import java.util.ArrayList;
import java.util.List;

/**
 * CNN-based block (paper, Eq. 7-10), with BN after each convolution except between dw and pw2.
 *
 * <pre>
 * U'  = U  + SepConv(U)          SepConv(U)      = Conv_pw2(Conv_dw(SN(Conv_pw1(SN(U)))))
 * U'' = U' + ChannelConv(U')     ChannelConv(U') = Conv(SN(Conv(SN(U'))))
 * </pre>
 *
 * <p>In an E-SpikeFormer, neurons and BN are around Conv_dw too. Ablations leave SepConv out, make
 * the channel convolution's windows 1x1, or connect otherwise ({@link Residuals}).
 */
final class ConvBlock extends ShortcutBlock {
  private static final int WINDOW = 7;

  private final Residuals residuals;

  ConvBlock(NeuronConfig neuron, BlockSpec.Convolutional spec) {
    super(spec.name());
    Parameters p = parameters();
    Layers layers = declare();
    int width = spec.width();
    int hidden = CHANNEL_RATIO * width;
    int window = spec.channelMixer() == ChannelMixer.CONVOLUTION ? 3 : 1;
    List<Branch> branches = new ArrayList<>();
    switch (spec.tokenConvolution()) {
      case SEPARABLE -> branches.add(new SeparableConvolution(p, layers, width, neuron));
      case SPIKING_SEPARABLE ->
          branches.add(ConvolutionBranch.separable(p, layers, neuron, width, WINDOW));
      case NONE -> {
        // the channel convolution alone
      }
    }
    branches.add(
        new ConvolutionBranch(p, layers, neuron)
            .then("conv1", width, hidden, window, 1)
            .then("conv2", hidden, width, window, 1));
    residuals = Residuals.of(spec.shortcut(), neuron, branches);
  }

  @Override
  Residuals residuals() {
    return residuals;
  }
}
