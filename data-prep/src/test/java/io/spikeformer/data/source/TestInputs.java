package io.spikeformer.data.source;

import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.files.TestZip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Writes the same files as a folder or as an archive of any form. */
public final class TestInputs {
  private TestInputs() {}

  /** Writes files by their paths; the ending of the input's name tells the form. */
  public static void write(Path input, Map<String, byte[]> files) throws IOException {
    Optional<ArchiveForm> form = ArchiveForm.of(input.getFileName().toString());
    if (form.isEmpty()) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Path place = input.resolve(file.getKey());
        Files.createDirectories(place.getParent());
        Files.write(place, file.getValue());
      }
    } else if (form.get() == ArchiveForm.ZIP) {
      TestZip zip = new TestZip();
      files.forEach(zip::deflated);
      Files.write(input, zip.bytes());
    } else {
      try (TestArchive tar = new TestArchive(input)) {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
          tar.file(file.getKey(), file.getValue());
        }
      }
    }
  }
}
