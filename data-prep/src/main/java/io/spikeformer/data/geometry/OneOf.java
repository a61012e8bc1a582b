package io.spikeformer.data.geometry;

import io.spikeformer.common.Check;
import io.spikeformer.data.image.Interpolation;
import io.spikeformer.data.order.SeededRandom;
import java.util.List;

/**
 * One of several crops, drawn uniformly before its own draws.
 *
 * @param crops at least one, of one interpolation
 */
public record OneOf(List<Crop> crops) implements Crop {
  /** Checks that there are some. */
  public OneOf {
    crops = List.copyOf(crops);
    Check.that(!crops.isEmpty(), "crops: expected at least one, found none");
  }

  /** One whose sides no crop exceeds, the shorter and the longer each. */
  @Override
  public Extent extent() {
    List<Extent> extents = crops.stream().map(Crop::extent).toList();
    Extent first = extents.get(0);
    if (extents.stream().allMatch(first::equals)) {
      return first;
    }
    int shorter = extents.stream().mapToInt(e -> Math.min(e.height(), e.width())).max().orElse(0);
    int longer = extents.stream().mapToInt(e -> Math.max(e.height(), e.width())).max().orElse(0);
    boolean padded = extents.stream().allMatch(e -> e.sizes() == Extent.Sizes.PADDED);
    return new Extent(shorter, longer, padded ? Extent.Sizes.PADDED : Extent.Sizes.SINGLE);
  }

  @Override
  public Interpolation interpolation() {
    return crops.get(0).interpolation();
  }

  @Override
  public Geometry draw(int height, int width, SeededRandom random, LabelShare labels) {
    return crops.get(random.nextInt(crops.size())).draw(height, width, random, labels);
  }
}
