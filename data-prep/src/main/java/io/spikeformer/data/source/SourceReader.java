package io.spikeformer.data.source;

import java.util.Iterator;

/** The entries of one part, in order. */
public interface SourceReader extends Iterator<SourceEntry>, AutoCloseable {
  @Override
  void close();
}
