package io.spikeformer.model.box;

import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a region proposal network answers for all anchors of a batch. The tensors are the network's
 * own, valid while it asks for regions.
 */
public final class AnchorAnswers {
  private final List<AnchorGrid> grids;
  private final List<Boxes> anchors;
  private final Tensor objectness;
  private final Tensor deltas;

  /**
   * The answers for a batch, whose images share their anchors.
   *
   * @param grids the anchors, level by level
   * @param objectness [B, anchors], logits of holding an object
   * @param deltas [B, anchors, 4] as {@link BoxCoding#PROPOSALS} says
   */
  public AnchorAnswers(List<AnchorGrid> grids, Tensor objectness, Tensor deltas) {
    this.grids = List.copyOf(grids);
    this.anchors = grids.stream().map(AnchorGrid::anchors).toList();
    this.objectness = objectness;
    this.deltas = deltas;
  }

  /** Where the anchors lie, level by level. */
  public List<AnchorGrid> grids() {
    return grids;
  }

  /** The anchors, level by level. */
  public List<Boxes> anchors() {
    return anchors;
  }

  /** [B, anchors], logits of holding an object. */
  public Tensor objectness() {
    return objectness;
  }

  /** [B, anchors, 4] as {@link BoxCoding#PROPOSALS} says. */
  public Tensor deltas() {
    return deltas;
  }

  /** Images of the batch. */
  public int images() {
    return (int) objectness.size(0);
  }

  /** The answers for one image, level by level. */
  public List<Proposals.Level> of(int image) {
    long from = image * objectness.size(1);
    List<Proposals.Level> levels = new ArrayList<>();
    for (Boxes level : anchors) {
      levels.add(
          new Proposals.Level(
              level,
              objectness.slice(from, level.count()).toArray(),
              deltas.slice(Boxes.CORNERS * from, level.count(), Boxes.CORNERS).toArray()));
      from += level.count();
    }
    return levels;
  }
}
