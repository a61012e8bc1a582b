package io.spikeformer.data.source;

/** One input file; its bytes can be read until the next entry is asked for. */
public interface SourceEntry {
  /** {@code class/file}. */
  String key();

  /** Its path, below the split's prefix. */
  String path();

  /** The path of its label image, below the split's prefix; null if it has none. */
  default String labels() {
    return null;
  }

  /** Position in its part: tells two entries with the same key apart. */
  long ordinal();

  /** Size, in bytes. */
  long size();

  /** Its content, or why that cannot be a sample. */
  RawSample read();
}
