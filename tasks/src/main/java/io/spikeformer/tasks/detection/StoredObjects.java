package io.spikeformer.tasks.detection;

import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Size;
import java.util.List;

/**
 * The objects by which a batch's answers are judged, crowds too, in pixels of the stored images.
 *
 * @param objects of each sample
 * @param plans where each sample's pixels went
 */
record StoredObjects(List<List<DetectedObject>> objects, List<Geometry> plans) implements Targets {
  StoredObjects {
    objects = List.copyOf(objects);
    plans = List.copyOf(plans);
  }

  static StoredObjects of(List<SampleTruth> truths, List<Geometry> plans) {
    return new StoredObjects(truths.stream().map(SampleTruth::objects).toList(), plans);
  }

  /** The stored size of a sample. */
  Size size(int sample) {
    Geometry plan = plans.get(sample);
    return new Size(plan.sourceHeight(), plan.sourceWidth());
  }
}
