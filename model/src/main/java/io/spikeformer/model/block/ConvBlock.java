package io.spikeformer.model.block;

import static io.spikeformer.model.MetaSpikeFormerConfig.CHANNEL_RATIO;
import static io.spikeformer.model.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * CNN-based block (paper, Eq. 7-10), with BN after each convolution but between dw and pw2.
 *
 * <pre>
 * U'  = U  + SepConv(U)          SepConv(U)      = Conv_pw2(Conv_dw(SN(Conv_pw1(SN(U)))))
 * U'' = U' + ChannelConv(U')     ChannelConv(U') = Conv(SN(Conv(SN(U'))))
 * </pre>
 */
final class ConvBlock extends Block {
  private final SpikingNeurons pointwise1Neurons;
  private final NormalisedConvolution pointwise1;
  private final SpikingNeurons depthwiseNeurons;
  private final Convolution depthwise;
  private final NormalisedConvolution pointwise2;
  private final SpikingNeurons conv1Neurons;
  private final NormalisedConvolution conv1;
  private final SpikingNeurons conv2Neurons;
  private final NormalisedConvolution conv2;
  private Tensor sHidden;

  ConvBlock(MetaSpikeFormerConfig config, BlockSpec spec) {
    Parameters p = parameters();
    String name = spec.name() + ".";
    int width = spec.inputs();
    int separable = SEPARABLE_RATIO * width;
    int hidden = CHANNEL_RATIO * width;
    pointwise1Neurons = SpikingNeurons.of(name + "pointwise1", config.neuron());
    pointwise1 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, "pointwise1", width, separable, 1, 1),
            new BatchNorm(p, "pointwise1.bn", separable));
    depthwiseNeurons = SpikingNeurons.of(name + "depthwise_pointwise2", config.neuron());
    depthwise = Convolution.depthwise(p, "depthwise", separable, 7, 3);
    pointwise2 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, "pointwise2", separable, width, 1, 1),
            new BatchNorm(p, "pointwise2.bn", width));
    conv1Neurons = SpikingNeurons.of(name + "conv1", config.neuron());
    conv1 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, "conv1", width, hidden, 3, 1),
            new BatchNorm(p, "conv1.bn", hidden));
    conv2Neurons = SpikingNeurons.of(name + "conv2", config.neuron());
    conv2 =
        new NormalisedConvolution(
            p,
            Convolution.dense(p, "conv2", hidden, width, 3, 1),
            new BatchNorm(p, "conv2.bn", width));
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    Tensor s = pointwise1Neurons.fire(pass, Drive.of(u));
    Drive hidden = pointwise1.forward(pass, s);
    pass.done(s);
    sHidden = depthwiseNeurons.fire(pass, hidden);
    pass.done(hidden.value());
    Tensor yDepthwise = depthwise.forward(pass, sHidden);
    pass.done(sHidden);
    Drive separable = pointwise2.forward(pass, yDepthwise, u);
    pass.give(yDepthwise);

    // U' = U + SepConv(U), formed while its neurons fire
    Tensor u1 = pass.membrane(u.shape());
    Tensor s1 = conv1Neurons.fire(pass, separable, u1);
    pass.done(separable.value());
    Drive hidden1 = conv1.forward(pass, s1);
    pass.done(s1);
    Tensor sHidden1 = conv2Neurons.fire(pass, hidden1);
    pass.done(hidden1.value());
    Drive output = conv2.forward(pass, sHidden1, u1);
    pass.done(sHidden1);

    // U'' = U' + ChannelConv(U'), in the place of U'
    pass.kernels().affine(output, u1);
    pass.done(output.value());
    return u1;
  }

  @Override
  Tensor runBackward(Pass pass, Tensor dU) {
    conv2.output().sum(pass, dU);
    Tensor dHidden1 = conv2.backwardFromMembrane(pass, dU);
    conv2Neurons.backward(pass, dHidden1, conv1.output());
    Tensor ds1 = conv1.backward(pass, dHidden1);
    conv1Neurons.backwardShortcut(pass, ds1, dU, pointwise2.output()); // dU is now that of U'

    // cheaper to compute again than to keep
    Tensor yDepthwise = depthwise.forward(pass, sHidden);
    Tensor dDepthwise = pointwise2.backwardFromMembrane(pass, yDepthwise, dU);
    pass.give(yDepthwise);
    Tensor dHidden = depthwise.backward(pass, dDepthwise);
    depthwiseNeurons.backward(pass, dHidden, pointwise1.output());
    Tensor dsInput = pointwise1.backward(pass, dHidden);
    return pointwise1Neurons.backwardShortcut(pass, dsInput, dU, null);
  }
}
