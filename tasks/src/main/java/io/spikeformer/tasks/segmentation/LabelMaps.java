package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.UserException;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.segmentation.LabelMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The label maps of a batch, in the order of its samples.
 *
 * @param maps of the samples
 * @param plans where each sample's pixels went
 */
record LabelMaps(List<LabelMap> maps, List<Geometry> plans) implements Targets {
  LabelMaps {
    maps = List.copyOf(maps);
    plans = List.copyOf(plans);
  }

  /** Maps that went the way of the images: those to learn. */
  static LabelMaps moved(List<SampleTruth> truths, List<Geometry> plans) {
    List<LabelMap> maps = new ArrayList<>();
    for (int i = 0; i < truths.size(); i++) {
      maps.add(truths.get(i).labelMap().apply(plans.get(i)));
    }
    return new LabelMaps(maps, plans);
  }

  /** Maps as they were prepared: those by which answers are judged. */
  static LabelMaps original(List<SampleTruth> truths, List<Geometry> plans) {
    return new LabelMaps(truths.stream().map(SampleTruth::labelMap).toList(), plans);
  }

  /**
   * Refuses labels that are no class.
   *
   * @param key of the sample
   * @param classes number of classes
   * @return pixels that have a label
   * @throws UserException in one line that names the sample
   */
  static long requireClasses(String key, LabelMap map, int classes) {
    long[] pixels = map.pixels();
    for (int label = classes; label < LabelMap.IGNORED; label++) {
      if (pixels[label] > 0) {
        throw new UserException(
            "sample %s: expected labels 0 to %s, or %s for pixels without one, found %s at %s"
                + " pixels; prepare the data again",
            key, classes - 1, LabelMap.IGNORED, label, pixels[label]);
      }
    }
    return map.labels().length - pixels[LabelMap.IGNORED];
  }

  /** Pixels that were taken for their class. */
  static long right(LabelMap truth, LabelMap predicted) {
    long right = 0;
    for (int i = 0; i < truth.labels().length; i++) {
      byte label = truth.labels()[i];
      right += label != (byte) LabelMap.IGNORED && label == predicted.labels()[i] ? 1 : 0;
    }
    return right;
  }

  /** Pixels of a map that have a label. */
  static long valid(LabelMap map) {
    return map.labels().length - map.pixels()[LabelMap.IGNORED];
  }
}
