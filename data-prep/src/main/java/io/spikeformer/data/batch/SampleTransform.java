package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Geometry;

/** Turns decoded content into what the model sees: a pure function of (content, seed). */
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
   * Transforms content.
   *
   * @param key of the sample, for messages
   * @param content what it shows
   * @param seed of its random draws
   * @param out receives {@link #frameLength()} floats, [height, width, channels], for each frame
   * @param offset where the first frame begins
   * @param stride from the beginning of a frame to that of the next
   * @return where the pixels went, so that what is known of them can follow
   * @throws UserException if the content is of another kind or size
   */
  Geometry apply(
      String key, DecodedContent content, long seed, float[] out, int offset, int stride);
}
