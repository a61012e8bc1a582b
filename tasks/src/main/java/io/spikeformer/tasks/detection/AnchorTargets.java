package io.spikeformer.tasks.detection;

import io.spikeformer.model.box.BoxCoding;
import io.spikeformer.model.box.Boxes;
import java.util.Arrays;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * What a region proposal network has to answer for the sampled anchors of one image.
 *
 * @param positives indices of anchors that have to find an object, rising
 * @param negatives indices of anchors of the background, rising
 * @param deltas [positives, 4] from the anchors to their objects
 */
public record AnchorTargets(int[] positives, int[] negatives, float[] deltas) {
  /**
   * Assigns and samples the anchors.
   *
   * @param anchors of all levels
   * @param used which of them take part
   * @param objects of the image, each with an area; there may be none
   * @param ranks that decide the sample, by index among all anchors
   */
  public static AnchorTargets of(
      Boxes anchors, boolean[] used, Boxes objects, BoxSampling sampling, IntToLongFunction ranks) {
    int[] indices = IntStream.range(0, used.length).filter(anchor -> used[anchor]).toArray();
    int[] own = BoxAssignment.ANCHORS.assign(anchors.select(indices), objects);
    int[] assigned = new int[used.length];
    Arrays.fill(assigned, BoxAssignment.IGNORED);
    for (int i = 0; i < indices.length; i++) {
      assigned[indices[i]] = own[i];
    }
    BoxSampling.Sample sample = sampling.draw(assigned, ranks);
    int[] positives = sample.positives();
    float[] deltas = new float[Boxes.CORNERS * positives.length];
    for (int i = 0; i < positives.length; i++) {
      int object = assigned[positives[i]] - 1;
      BoxCoding.PROPOSALS.encode(anchors, positives[i], objects, object, deltas, Boxes.CORNERS * i);
    }
    return new AnchorTargets(positives, sample.negatives(), deltas);
  }
}
