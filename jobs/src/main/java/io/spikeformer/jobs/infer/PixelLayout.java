package io.spikeformer.jobs.infer;

import io.spikeformer.common.Labels;
import java.util.Locale;

/** Where the channels of an array of images are. */
public enum PixelLayout {
  /** Last, as this project has them: [B, H, W, C]. */
  NHWC,
  /** Before the rows, as PyTorch has them: [B, C, H, W]. */
  NCHW;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The layout of a word of the command line.
   *
   * @throws IllegalArgumentException for any other word, naming the accepted ones
   */
  public static PixelLayout of(String label) {
    return Labels.find("layout", values(), PixelLayout::label, label);
  }
}
