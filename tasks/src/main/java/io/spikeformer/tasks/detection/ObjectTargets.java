package io.spikeformer.tasks.detection;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.batch.SampleTruth;
import io.spikeformer.data.batch.Targets;
import io.spikeformer.data.geometry.Geometry;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects that a detector learns from a batch.
 *
 * @param images in the order of the samples
 */
public record ObjectTargets(List<TrainedObjects> images) implements Targets {
  /** Copies the list. */
  public ObjectTargets {
    images = List.copyOf(images);
  }

  /** Objects that went the way of the images. */
  static ObjectTargets moved(List<SampleTruth> truths, List<Geometry> plans) {
    List<TrainedObjects> images = new ArrayList<>();
    for (int i = 0; i < truths.size(); i++) {
      images.add(TrainedObjects.of(truths.get(i).objects(), plans.get(i)));
    }
    return new ObjectTargets(images);
  }

  /** The objects of a batch. */
  static List<TrainedObjects> of(Batch batch) {
    return ((ObjectTargets) batch.targets()).images();
  }
}
