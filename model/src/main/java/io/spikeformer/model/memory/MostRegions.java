package io.spikeformer.model.memory;

import io.spikeformer.model.box.AnchorAnswers;
import io.spikeformer.model.box.Boxes;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.box.RegionCounts;
import io.spikeformer.model.kernel.Tensor;
import java.util.Collections;
import java.util.List;

/**
 * As many regions as there can be, without a look at the answers. They are empty and come from the
 * largest level.
 *
 * @param images of a batch
 * @param counts of an image
 */
record MostRegions(int images, RegionCounts counts) implements RegionChooser {
  @Override
  public List<Boxes> forBoxes(AnchorAnswers answers) {
    return empty(counts.boxes());
  }

  @Override
  public List<Boxes> forMasks(Tensor logits, Tensor deltas) {
    return empty(counts.masks());
  }

  private List<Boxes> empty(int count) {
    return Collections.nCopies(images, new Boxes(new float[Boxes.CORNERS * count]));
  }
}
