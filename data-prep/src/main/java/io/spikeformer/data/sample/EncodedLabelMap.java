package io.spikeformer.data.sample;

import java.util.Objects;

/**
 * A class for each pixel of the sample's image or frames.
 *
 * @param png [height, width] of the content, as a PNG of one 8-bit channel: an index into the
 *     manifest's classes, or {@link #IGNORED}; not copied, not to be changed
 */
public record EncodedLabelMap(byte[] png) implements Truth {
  /** The value of pixels that count for nothing. */
  public static final int IGNORED = 255;

  /** Checks that it is there. */
  public EncodedLabelMap {
    Objects.requireNonNull(png, "label map");
  }

  @Override
  public TruthKind kind() {
    return TruthKind.LABEL_MAP;
  }

  @Override
  public long byteCount() {
    return png.length;
  }
}
