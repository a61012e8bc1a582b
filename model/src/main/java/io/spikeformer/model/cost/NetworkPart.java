package io.spikeformer.model.cost;

import io.spikeformer.model.block.CountedLayer;
import io.spikeformer.model.block.CountedLayer.Copies;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.Parameter;
import io.spikeformer.model.block.ParameterLayout.Part;

/** The part of a network whose operations are summed apart. */
public enum NetworkPart {
  /** The stages. */
  BACKBONE("backbone"),
  /** Those that bring the maps of several stages together. */
  NECK("neck"),
  /** What gives the outputs. */
  HEAD("head"),
  /** What scores and shifts the anchors of a detector of two stages. */
  PROPOSALS("region proposals"),
  /** What gives classes and boxes to regions. */
  BOXES("box head"),
  /** What gives masks to regions. */
  MASKS("mask head");

  private static final String HEAD_BLOCK = "head";

  private final String label;

  NetworkPart(String label) {
    this.label = label;
  }

  /** The words of tables. */
  public String label() {
    return label;
  }

  /** The part that a layer of a block belongs to. */
  static NetworkPart of(PlacedBlock block, CountedLayer layer) {
    if (!block.stage().equals(HEAD_BLOCK)) {
      return BACKBONE;
    }
    String name = layer.name().substring(layer.name().indexOf('.') + 1);
    if (belongsToNeck(block, name)) {
      return NECK;
    }
    if (runsFor(layer, Copies.BOX_REGIONS)) {
      return BOXES;
    }
    if (runsFor(layer, Copies.MASK_REGIONS)) {
      return MASKS;
    }
    return name.startsWith("rpn") ? PROPOSALS : HEAD;
  }

  private static boolean belongsToNeck(PlacedBlock block, String layer) {
    return block.block().parameters().all().stream()
        .filter(parameter -> parameter.part() == Part.NECK)
        .map(Parameter::name)
        .anyMatch(parameter -> parameter.startsWith(layer + "."));
  }

  private static boolean runsFor(CountedLayer layer, Copies regions) {
    return layer.maps().stream().map(OutputMap::copies).anyMatch(regions::equals);
  }
}
