package io.spikeformer.data.batch;

import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Extent;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.LabelShare;
import io.spikeformer.data.geometry.Mosaic;
import java.util.Optional;

/**
 * Turns decoded content into what the model sees: a pure function of (content, labels, seed). First
 * it plans where pixels go, which says how large the result is, then it writes them.
 */
public sealed interface SampleTransform permits ImageTransform, EventTransform {
  /** 1 for an image, T for a recording of events. */
  int frames();

  /** The size of frames. */
  Extent extent();

  /** Values of a pixel. */
  int channels();

  /** Squares that samples are put together to before they are planned for; empty for none. */
  default Optional<Mosaic> mosaic() {
    return Optional.empty();
  }

  /** The colour of such a square beside its images, 0xRRGGBB. */
  default int paddingColour() {
    return 0;
  }

  /** What padding beside a sample is, in values of a pixel. */
  float[] padding();

  /**
   * Plans where the pixels go, so that what is known of them can follow.
   *
   * @param key of the sample, for messages
   * @param content what it shows
   * @param labels of its pixels, or {@link LabelShare#NONE}
   * @param seed of its random draws
   * @throws UserException if the content is of another kind or size
   */
  Geometry plan(String key, DecodedContent content, LabelShare labels, long seed);

  /**
   * Writes what the model sees.
   *
   * @param content what was planned for
   * @param plan what {@link #plan} gave
   * @param seed that it was given
   * @param out receives [plan's height, plan's width, channels] floats for each frame
   * @param offset where the first frame begins
   * @param stride from the beginning of a frame to that of the next
   */
  void write(DecodedContent content, Geometry plan, long seed, float[] out, int offset, int stride);

  /**
   * Plans for content without labels, and writes it.
   *
   * @return where the pixels went
   */
  default Geometry apply(
      String key, DecodedContent content, long seed, float[] out, int offset, int stride) {
    Geometry plan = plan(key, content, LabelShare.NONE, seed);
    write(content, plan, seed, out, offset, stride);
    return plan;
  }
}
