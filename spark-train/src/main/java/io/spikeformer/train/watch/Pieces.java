package io.spikeformer.train.watch;

import java.io.IOException;
import java.io.InputStream;

/** How the content of a {@link Journal} falls into pieces. */
interface Pieces {
  /** The beginning of a file; may be empty. */
  byte[] header();

  /** The next piece, or null at the end and where the rest is not whole. */
  byte[] next(InputStream in) throws IOException;

  /** Optimizer steps after which a piece was added; negative for a header. */
  long step(byte[] piece);

  /** A piece of an earlier run stays in the file; later ones come after it. */
  default void kept(byte[] piece) {}
}
