package io.spikeformer.data.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much the calling thread has written, as Linux counts it.
 *
 * <p>libjpeg and libpng write their warnings on standard error and tell nobody: an image during
 * whose decoding its thread has written is one that they have warned of.
 */
public final class ThreadOutput {
  private static final Path COUNTS = Path.of("/proc/thread-self/io");
  private static final String WRITTEN = "wchar: ";

  private ThreadOutput() {}

  /** Bytes since the thread began; 0 at all times where the system does not count them. */
  public static long bytes() {
    try {
      String counts = new String(Files.readAllBytes(COUNTS), StandardCharsets.US_ASCII);
      int from = counts.indexOf(WRITTEN);
      if (from < 0) {
        return 0;
      }
      from += WRITTEN.length();
      return Long.parseLong(counts.substring(from, counts.indexOf('\n', from)));
    } catch (IOException absent) {
      return 0;
    }
  }
}
