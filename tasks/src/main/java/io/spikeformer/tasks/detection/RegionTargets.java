package io.spikeformer.tasks.detection;

import io.spikeformer.common.Text;
import io.spikeformer.model.box.BoxCoding;
import io.spikeformer.model.box.Boxes;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToLongFunction;
import java.util.stream.IntStream;

/**
 * The sampled regions of one image and what the heads have to answer for them.
 *
 * @param regions those of objects first
 * @param objects index of the object of each region that has one
 * @param labels class of each region, or {@link #BACKGROUND}
 * @param deltas [objects, 4] from the regions to their objects
 */
public record RegionTargets(Boxes regions, int[] objects, int[] labels, float[] deltas) {
  /** The label of a region without an object. */
  public static final int BACKGROUND = -1;

  /** Checks that the lengths fit. */
  public RegionTargets {
    if (regions.count() != labels.length
        || objects.length > labels.length
        || deltas.length != Boxes.CORNERS * objects.length) {
      throw new IllegalArgumentException(
          Text.format(
              "regions: expected a class for each and four deltas for each object, found %s regions,"
                  + " %s classes, %s objects, %s deltas",
              regions.count(), labels.length, objects.length, deltas.length));
    }
  }

  /** The regions of objects, which the mask head reads. */
  public Boxes positives() {
    return regions.select(IntStream.range(0, objects.length).toArray());
  }

  /**
   * Assigns and samples the objects themselves and the proposals.
   *
   * @param boxes of the objects, each with an area; there may be none
   * @param labels classes of the objects, from 0
   * @param proposals inside the image, each with an area
   * @param ranks that decide the sample, by index: first the objects, then the proposals
   */
  public static RegionTargets of(
      Boxes boxes, int[] labels, Boxes proposals, BoxSampling sampling, IntToLongFunction ranks) {
    int own = boxes.count();
    Boxes candidates = Boxes.concat(List.of(boxes, proposals));
    int[] assigned = new int[candidates.count()];
    for (int i = 0; i < own; i++) {
      assigned[i] = i + 1;
    }
    int[] others = BoxAssignment.PROPOSALS.assign(proposals, boxes);
    System.arraycopy(others, 0, assigned, own, others.length);
    BoxSampling.Sample sample = sampling.draw(assigned, ranks);
    int[] positives = sample.positives();
    int[] objects = Arrays.stream(positives).map(region -> assigned[region] - 1).toArray();
    float[] deltas = new float[Boxes.CORNERS * objects.length];
    for (int i = 0; i < objects.length; i++) {
      BoxCoding.DETECTIONS.encode(
          candidates, positives[i], boxes, objects[i], deltas, Boxes.CORNERS * i);
    }
    int[] chosen =
        IntStream.concat(Arrays.stream(positives), Arrays.stream(sample.negatives())).toArray();
    int[] regionLabels = new int[chosen.length];
    Arrays.fill(regionLabels, BACKGROUND);
    for (int i = 0; i < objects.length; i++) {
      regionLabels[i] = labels[objects[i]];
    }
    return new RegionTargets(candidates.select(chosen), objects, regionLabels, deltas);
  }
}
