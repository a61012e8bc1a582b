package io.spikeformer.data.events;

import java.io.IOException;
import java.io.InputStream;

/** Opens a file at its first byte, as often as it is asked to; the caller closes each stream. */
@FunctionalInterface
public interface StreamOpener {
  /** A new stream over the same bytes. */
  InputStream open() throws IOException;
}
