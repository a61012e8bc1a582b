package io.spikeformer.tasks.detection;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.detection.ObjectKind;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Matches detections with objects, of one class in one image.
 *
 * <p>For each threshold the detections choose in the order of their scores. Each takes the object
 * of highest IoU among those that are free, at least the threshold; of equal ones the last. Only
 * without such an object it takes an ignored one: a crowd, which stays free, or an object outside
 * the range of areas.
 */
final class ObjectMatching {
  /** An IoU of 1 that is rounded down fits any threshold. */
  private static final double NEARLY_ONE = 1 - 1e-10;

  private static final int NONE = -1;

  private final List<DetectedObject> objects;
  private final double[] areas;
  private final double[][] overlaps;

  /**
   * Compares each with each.
   *
   * @param objects in the order of their source
   * @param detections by falling score
   */
  ObjectMatching(List<DetectedObject> objects, List<Detection> detections, IouType measure) {
    this.objects = objects;
    this.areas = detections.stream().mapToDouble(measure::area).toArray();
    this.overlaps =
        detections.stream()
            .map(
                detection ->
                    objects.stream().mapToDouble(object -> measure.of(detection, object)).toArray())
            .toArray(double[][]::new);
  }

  /** Number of objects that count within a range. */
  int counted(AreaRange range) {
    return (int) objects.stream().filter(object -> !isIgnored(object, range)).count();
  }

  private static boolean isIgnored(DetectedObject object, AreaRange range) {
    return object.kind() == ObjectKind.CROWD || !range.contains(object.area());
  }

  /**
   * The outcome of each detection: bit t says that it has matched at threshold t, bit {@link
   * CocoGrid#THRESHOLDS} + t that it is ignored there.
   */
  int[] outcomes(AreaRange range) {
    boolean[] ignored = new boolean[objects.size()];
    for (int g = 0; g < ignored.length; g++) {
      ignored[g] = isIgnored(objects.get(g), range);
    }
    // the objects that count stand first, else in their order
    int[] order =
        IntStream.concat(
                IntStream.range(0, ignored.length).filter(g -> !ignored[g]),
                IntStream.range(0, ignored.length).filter(g -> ignored[g]))
            .toArray();
    int[] outcomes = new int[areas.length];
    for (int t = 0; t < CocoGrid.THRESHOLDS; t++) {
      double least = Math.min(CocoGrid.threshold(t), NEARLY_ONE);
      boolean[] taken = new boolean[ignored.length];
      for (int d = 0; d < areas.length; d++) {
        int match = choose(overlaps[d], order, ignored, taken, least);
        boolean ignore = match == NONE ? !range.contains(areas[d]) : ignored[match];
        if (match != NONE) {
          taken[match] = objects.get(match).kind() != ObjectKind.CROWD;
          outcomes[d] |= 1 << t;
        }
        outcomes[d] |= ignore ? 1 << CocoGrid.THRESHOLDS + t : 0;
      }
    }
    return outcomes;
  }

  private static int choose(
      double[] overlap, int[] order, boolean[] ignored, boolean[] taken, double least) {
    int match = NONE;
    double best = least;
    for (int g : order) {
      if (match != NONE && !ignored[match] && ignored[g]) {
        break;
      }
      if (!taken[g] && overlap[g] >= best) {
        best = overlap[g];
        match = g;
      }
    }
    return match;
  }
}
