package io.spikeformer.model.cost;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.Structure.TokenConvolution;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names of the inputs of a block's layers, at which spikes are counted, in the order of the data.
 */
final class NeuronLayers implements BlockSpec.Visitor<List<String>> {
  @Override
  public List<String> downsampling(BlockSpec.Downsampling spec) {
    return spec.first() ? List.of() : List.of(spec.name());
  }

  @Override
  public List<String> convolutional(BlockSpec.Convolutional spec) {
    boolean separable = spec.tokenConvolution() == TokenConvolution.SEPARABLE;
    return of(
        spec,
        separable
            ? Stream.of("pointwise1", "depthwise_pointwise2", "conv1", "conv2")
            : Stream.of("conv1", "conv2"));
  }

  @Override
  public List<String> transformer(BlockSpec.Transformer spec) {
    return of(
        spec,
        Stream.of("repconv_qkv", "q", "k", "v", "repconv_proj", "linear1", "linear2")
            .filter(layer -> spec.attention().usesKeys() || !layer.equals("k")));
  }

  @Override
  public List<String> residual(BlockSpec.Residual spec) {
    return of(
        spec,
        switch (spec.form()) {
          case SINGLE -> Stream.of("conv1");
          case BASIC -> Stream.of("conv1", "conv2");
          case BOTTLENECK -> Stream.of("conv1", "conv2", "conv3");
        });
  }

  @Override
  public List<String> head(BlockSpec.Head spec) {
    return List.of(spec.name());
  }

  private static List<String> of(BlockSpec spec, Stream<String> layers) {
    return layers.map(layer -> spec.name() + "." + layer).toList();
  }
}
