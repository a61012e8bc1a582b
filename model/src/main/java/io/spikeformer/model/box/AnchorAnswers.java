package io.spikeformer.model.box;

import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a region proposal network answers for all anchors of a batch. The tensors are the network's
 * own, valid while it asks for regions.
 *
 * @param grids the anchors, level by level
 * @param objectness [B, anchors], logits of holding an object
 * @param deltas [B, anchors, 4] as {@link BoxCoding#PROPOSALS} says
 */
public record AnchorAnswers(List<AnchorGrid> grids, Tensor objectness, Tensor deltas) {
  /** Copies the list. */
  public AnchorAnswers {
    grids = List.copyOf(grids);
  }

  /** Images of the batch. */
  public int images() {
    return (int) objectness.size(0);
  }

  /** The answers for one image, level by level. */
  public List<Proposals.Level> of(int image) {
    long from = image * objectness.size(1);
    List<Proposals.Level> levels = new ArrayList<>();
    for (AnchorGrid grid : grids) {
      Boxes anchors = grid.anchors();
      int count = anchors.count();
      levels.add(
          new Proposals.Level(
              anchors,
              objectness.slice(from, count).toArray(),
              deltas.slice(Boxes.CORNERS * from, count, Boxes.CORNERS).toArray()));
      from += count;
    }
    return levels;
  }
}
