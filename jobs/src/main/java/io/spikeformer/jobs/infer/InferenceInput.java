package io.spikeformer.jobs.infer;

import io.spikeformer.data.sample.Rejection;
import io.spikeformer.model.Images;
import java.util.List;
import java.util.Optional;

/** The input of a model, a minibatch at a time, in a fixed order. For one caller at a time. */
interface InferenceInput extends AutoCloseable {
  /**
   * A minibatch.
   *
   * @param keys one for each image: its path, its key in the shards or its number in the array
   * @param images normalised pixels
   */
  record Part(List<String> keys, Images images) {}

  /** Images that there are, those included that turn out to be unusable. */
  int count();

  /** 1 for static images, else frames, one per timestep. */
  int frames();

  /** Most images of a part. */
  int batch();

  /** In pixels, as the model sees them; of the largest image if their sizes differ. */
  int height();

  /** In pixels, as the model sees them; of the largest image if their sizes differ. */
  int width();

  /** The next images; empty after the last. */
  Optional<Part> next();

  /** The unusable images found until now. */
  default List<Rejection> rejected() {
    return List.of();
  }

  /** Hidden files, which are neither images nor faults. */
  default int ignored() {
    return 0;
  }

  @Override
  void close();
}
