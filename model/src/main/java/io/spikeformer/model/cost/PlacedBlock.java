package io.spikeformer.model.cost;

import io.spikeformer.common.Text;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.CountedLayer;
import io.spikeformer.model.box.RegionMeans;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A block with the feature maps that it reads and writes. */
record PlacedBlock(BlockSpec spec, Block block, List<FeatureMap> inputs, FeatureMap output) {

  /** All blocks of a network for an image of height x width pixels. */
  static List<PlacedBlock> all(NetworkConfig config, int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          Text.format("image size: expected at least 1 x 1 pixels, found %s x %s", height, width));
    }
    List<PlacedBlock> blocks = new ArrayList<>();
    Map<String, FeatureMap> maps = new HashMap<>();
    maps.put(BlockSpec.IMAGES, new FeatureMap(height, width, config.channels()));
    for (BlockSpec spec : config.blocks()) {
      List<FeatureMap> inputs = spec.reads().stream().map(maps::get).toList();
      FeatureMap first = inputs.get(0);
      FeatureMap output =
          new FeatureMap(
              spec.outputSize(first.height()), spec.outputSize(first.width()), spec.outputs());
      maps.put(spec.name(), output);
      blocks.add(new PlacedBlock(spec, Block.of(config, spec), inputs, output));
    }
    return blocks;
  }

  /** stage1 to stage4, or head. */
  String stage() {
    return spec.name().split("\\.", 2)[0];
  }

  /**
   * Output positions of one of its layers: the tokens of a transformer block; a mean where they are
   * of regions.
   */
  double positions(CountedLayer layer, RegionMeans regions) {
    return layer.maps().stream().mapToDouble(map -> positions(map, regions)).sum();
  }

  private double positions(CountedLayer.OutputMap map, RegionMeans regions) {
    FeatureMap input = inputs.get(map.input());
    long rows = map.size().applyAsInt(input.height());
    return map.copies().in(regions) * rows * map.size().applyAsInt(input.width());
  }

  /** Trained parameters. */
  long parameters() {
    return block.parameters().all().stream()
        .filter(parameter -> parameter.kind().trainable())
        .mapToLong(parameter -> parameter.length())
        .sum();
  }
}
