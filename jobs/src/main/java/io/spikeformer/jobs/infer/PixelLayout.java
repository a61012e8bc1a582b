package io.spikeformer.jobs.infer;

import java.util.Locale;

/** Where the channels of an array of images are. */
enum PixelLayout {
  /** Last, as this project has them: [B, H, W, C]. */
  NHWC,
  /** Before the rows, as PyTorch has them: [B, C, H, W]. */
  NCHW;

  /** As it is written on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
