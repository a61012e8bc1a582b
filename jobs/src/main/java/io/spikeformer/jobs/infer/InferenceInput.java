package io.spikeformer.jobs.infer;

import io.spikeformer.data.batch.Batch;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** The input of a model, a minibatch at a time, in a fixed order. For one caller at a time. */
interface InferenceInput extends AutoCloseable {
  /**
   * A minibatch.
   *
   * @param batch normalised pixels; a key for each image: its path, its key in the shards or its
   *     number in the array
   * @param plans where each image's pixels went
   * @param originals each image's pixels before that, if {@link #hasOriginals}; they are read when
   *     they are asked for, and before the next minibatch
   */
  record Part(Batch batch, List<Geometry> plans, IntFunction<RgbImage> originals) {
    /** Copies the list. */
    public Part {
      plans = List.copyOf(plans);
    }
  }

  /** Images that there are, those included that turn out to be unusable. */
  int count();

  /** 1 for static images, else frames, one per timestep. */
  int frames();

  /** Most images of a part. */
  int batch();

  /** In pixels, as they are prepared; of the largest part if their sizes differ. */
  int height();

  /** In pixels, as they are prepared; of the largest part if their sizes differ. */
  int width();

  /** Whether there are images that can be looked at, not numbers alone. */
  boolean hasOriginals();

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
