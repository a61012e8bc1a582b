package io.spikeformer.model.cost;

import static io.spikeformer.model.config.MetaSpikeFormerConfig.CHANNEL_RATIO;
import static io.spikeformer.model.config.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.SpikeDrivenAttention;
import io.spikeformer.model.config.Structure.ChannelMixer;
import io.spikeformer.model.config.Structure.Projection;
import io.spikeformer.model.config.Structure.TokenConvolution;

/** Trained parameters of a block, from its description alone. */
final class ParameterCounts implements BlockSpec.Visitor<Long> {
  private ParameterCounts() {}

  static long of(BlockSpec spec) {
    return spec.accept(new ParameterCounts());
  }

  @Override
  public Long downsampling(BlockSpec.Downsampling spec) {
    long width = spec.outputs();
    long bias = spec.bias() == Bias.PRESENT ? width : 0;
    return convolution(spec.window(), spec.inputs(), width) + bias;
  }

  @Override
  public Long convolutional(BlockSpec.Convolutional spec) {
    long width = spec.width();
    long expanded = CHANNEL_RATIO * width;
    int window = spec.channelMixer() == ChannelMixer.CONVOLUTION ? 3 : 1;
    long separable = spec.tokenConvolution() == TokenConvolution.SEPARABLE ? separable(width) : 0;
    return separable + convolution(window, width, expanded) + convolution(window, expanded, width);
  }

  private static long separable(long width) {
    long hidden = SEPARABLE_RATIO * width;
    return convolution(1, width, hidden) + 7 * 7 * hidden + convolution(1, hidden, width);
  }

  @Override
  public Long transformer(BlockSpec.Transformer spec) {
    long width = spec.width();
    long expanded = CHANNEL_RATIO * width;
    long inputs = spec.attention().usesKeys() ? 3 : 2;
    long threshold = spec.attention() == SpikeDrivenAttention.SDSA_4 ? 1 : 0;
    boolean bias = spec.output() == Projection.LINEAR && spec.outputBias() == Bias.PRESENT;
    return inputs * projection(spec.queryKeyValue(), width)
        + threshold
        + projection(spec.output(), width)
        + (bias ? width : 0)
        + convolution(1, width, expanded)
        + expanded
        + convolution(1, expanded, width)
        + width;
  }

  private static long projection(Projection kind, long width) {
    return kind == Projection.LINEAR ? convolution(1, width, width) : repConv(width);
  }

  /** Pointwise, BN, depthwise 3x3, pointwise, BN, BN. */
  private static long repConv(long width) {
    return 2 * width * width + 3 * 3 * width + 3 * normalisation(width);
  }

  @Override
  public Long residual(BlockSpec.Residual spec) {
    long inputs = spec.inputs();
    long outputs = spec.outputs();
    long shortcut = spec.projects() ? convolution(1, inputs, outputs) : 0;
    return shortcut
        + switch (spec.form()) {
          case SINGLE -> convolution(3, inputs, outputs);
          case BASIC -> convolution(3, inputs, outputs) + convolution(3, outputs, outputs);
          case BOTTLENECK ->
              convolution(1, inputs, outputs / 4)
                  + convolution(3, outputs / 4, outputs / 4)
                  + convolution(1, outputs / 4, outputs);
        };
  }

  @Override
  public Long head(BlockSpec.Head spec) {
    return spec.layers().outputs().size()
        * ((long) spec.inputs() * spec.outputs() + spec.outputs());
  }

  /** A dense window without a bias, and BN. */
  private static long convolution(int window, long inputs, long outputs) {
    return (long) window * window * inputs * outputs + normalisation(outputs);
  }

  private static long normalisation(long channels) {
    return 2 * channels;
  }
}
