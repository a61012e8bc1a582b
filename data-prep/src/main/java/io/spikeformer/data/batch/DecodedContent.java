package io.spikeformer.data.batch;

import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.image.RgbImage;

/** The decoded content of a sample, as transforms read it. */
public sealed interface DecodedContent {
  /**
   * Of an image.
   *
   * @param image its pixels
   */
  record Pixels(RgbImage image) implements DecodedContent {}

  /**
   * Of a recording.
   *
   * @param frames its counts
   */
  record Counts(EventFrames frames) implements DecodedContent {}
}
