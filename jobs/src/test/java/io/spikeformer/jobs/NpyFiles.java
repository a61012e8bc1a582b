package io.spikeformer.jobs;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Arrays in files, for tests. */
final class NpyFiles {
  private NpyFiles() {}

  /** Writes a file, or over one. */
  static void write(Path file, NpyArray array) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      NpyFile.write(out, array);
    }
  }
}
