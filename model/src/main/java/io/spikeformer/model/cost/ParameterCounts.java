package io.spikeformer.model.cost;

import static io.spikeformer.model.MetaSpikeFormerConfig.CHANNEL_RATIO;
import static io.spikeformer.model.MetaSpikeFormerConfig.SEPARABLE_RATIO;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import io.spikeformer.model.SpikeDrivenAttention;

/** Trained parameters of a block, from the configuration alone. */
final class ParameterCounts {
  private ParameterCounts() {}

  static long of(BlockSpec spec, MetaSpikeFormerConfig config) {
    long inputs = spec.inputs();
    long width = spec.outputs();
    return switch (spec.kind()) {
      case DOWNSAMPLING ->
          (long) spec.window() * spec.window() * inputs * width + width + normalisation(width);
      case CONV -> convBlock(width);
      case TRANSFORMER -> attention(width, config.attention()) + channelMlp(width);
      case HEAD -> config.head().outputs() * (inputs * width + width);
    };
  }

  private static long convBlock(long width) {
    long hidden = SEPARABLE_RATIO * width;
    long expanded = CHANNEL_RATIO * width;
    long pointwise1 = width * hidden + normalisation(hidden);
    long depthwise = 7 * 7 * hidden;
    long pointwise2 = hidden * width + normalisation(width);
    long conv1 = 3 * 3 * width * expanded + normalisation(expanded);
    long conv2 = 3 * 3 * expanded * width + normalisation(width);
    return pointwise1 + depthwise + pointwise2 + conv1 + conv2;
  }

  private static long attention(long width, SpikeDrivenAttention operator) {
    long repConvs = operator.usesKeys() ? 4 : 3;
    long threshold = operator == SpikeDrivenAttention.SDSA_4 ? 1 : 0;
    return repConvs * repConv(width) + threshold;
  }

  /** Pointwise, BN, depthwise 3x3, pointwise, BN, BN. */
  private static long repConv(long width) {
    return 2 * width * width + 3 * 3 * width + 3 * normalisation(width);
  }

  private static long channelMlp(long width) {
    long expanded = CHANNEL_RATIO * width;
    return width * expanded
        + expanded
        + normalisation(expanded)
        + expanded * width
        + width
        + normalisation(width);
  }

  private static long normalisation(long channels) {
    return 2 * channels;
  }
}
