package io.spikeformer.model.cost;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import java.util.ArrayList;
import java.util.List;

/** A block with the feature maps that it reads and writes. */
record PlacedBlock(BlockSpec spec, FeatureMap input, FeatureMap output) {

  /** All blocks of a network for an image of height x width pixels. */
  static List<PlacedBlock> chain(NetworkConfig config, int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "image size: expected at least 1 x 1 pixels, found " + height + " x " + width);
    }
    List<PlacedBlock> chain = new ArrayList<>();
    FeatureMap input = new FeatureMap(height, width, config.channels());
    for (BlockSpec spec : config.blocks()) {
      FeatureMap output =
          new FeatureMap(
              spec.outputSize(input.height()), spec.outputSize(input.width()), spec.outputs());
      chain.add(new PlacedBlock(spec, input, output));
      input = output;
    }
    return chain;
  }

  /** stage1 to stage4, or head. */
  String stage() {
    return spec.name().split("\\.", 2)[0];
  }
}
