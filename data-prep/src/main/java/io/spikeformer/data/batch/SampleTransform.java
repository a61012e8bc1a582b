package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.order.SampleRef;

/** Turns a sample of a shard into what the model sees: a pure function of (sample, seed). */
public sealed interface SampleTransform permits ImageTransform, EventTransform {
  /** 1 for an image, T for a recording of events. */
  int frames();

  /** Rows of a frame. */
  int height();

  /** Columns of a frame. */
  int width();

  /** Values of a pixel. */
  int channels();

  /** Floats of a frame: height * width * channels. */
  default int frameLength() {
    return height() * width() * channels();
  }

  /**
   * Decodes and transforms a sample.
   *
   * @param cache where it is found
   * @param place which one
   * @param seed of its random draws
   * @param out receives {@link #frameLength()} floats, [height, width, channels], for each frame
   * @param offset where the first frame begins
   * @param stride from the beginning of a frame to that of the next
   * @return where the pixels went, so that what is known of them can follow
   * @throws UserException if the sample cannot be decoded or is of another kind or size
   */
  Geometry apply(ShardCache cache, SampleRef place, long seed, float[] out, int offset, int stride);
}
