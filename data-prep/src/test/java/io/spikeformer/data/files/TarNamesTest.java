package io.spikeformer.data.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.Text;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarNamesTest {
  private static final String NAME = "caf\u00e9.jpg";

  @TempDir Path folder;

  @Test
  void namesAreReadAlikeOnAMachineOfAnotherCharset() throws Exception {
    Path archive = folder.resolve("set.tar");
    try (TestArchive tar = new TestArchive(archive)) {
      tar.file(NAME, new byte[3]);
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=US-ASCII",
                "-cp",
                System.getProperty("java.class.path"),
                Lister.class.getName(),
                archive.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();

    String names =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();

    assertThat(names).endsWith(escaped(NAME));
  }

  private static String escaped(String name) {
    StringBuilder text = new StringBuilder();
    name.chars().forEach(letter -> text.append(Text.format("%04x", letter)));
    return text.toString();
  }

  /** Prints the code points of the names in an archive. */
  static final class Lister {
    private Lister() {}

    /** Lists the archive that is given. */
    public static void main(String[] arguments) {
      Storage storage = new Storage(new Configuration());
      DatasetFiles.of(storage, Storage.path(arguments[0])).names("").stream()
          .map(TarNamesTest::escaped)
          .forEach(System.out::println);
    }
  }
}
