package io.spikeformer.data.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetFilesTest {
  private static final int LIMIT = 1 << 20;

  @TempDir Path folder;
  private final Storage storage = new Storage(new Configuration());

  @Test
  void aFolderAZipAndATarAreTheSameFiles() throws Exception {
    byte[] noise = new byte[200_000];
    new Random(1).nextBytes(noise);
    for (String name : List.of("set/images/b.jpg", "set/images/a.jpg", "set/list.txt")) {
      Files.createDirectories(folder.resolve("raw").resolve(name).getParent());
      Files.write(folder.resolve("raw").resolve(name), noise);
    }
    Files.writeString(folder.resolve("raw/set/images/.hidden"), "");
    TestArchive.pack(folder.resolve("raw"), folder.resolve("raw.tar"));
    Files.write(
        folder.resolve("raw.zip"),
        new TestZip()
            .stored("set/images/b.jpg", noise)
            .deflated("./set/images/a.jpg", noise)
            .deflated("set/list.txt", noise)
            .deflated("__MACOSX/set/._list.txt", new byte[3])
            .deflated("set/images/.hidden", new byte[0])
            .bytes());

    for (String root : List.of("raw/set", "raw.tar", "raw.zip")) {
      try (DatasetFiles files = files(root)) {
        assertThat(files.names("images")).as(root).containsExactly("a.jpg", "b.jpg");
        assertThat(files.names("")).containsExactly("list.txt");
        assertThat(files.names("nothing")).isEmpty();
        assertThat(files.find("images/c.jpg")).isEmpty();
        assertThat(files.list("images").get(1).size()).isEqualTo(noise.length);
        for (Place place : files.list("images")) {
          // a task knows the place alone, and opens the archive anew
          assertThat(files(root).read(Place.parse(place.text()), LIMIT)).isEqualTo(noise);
        }
        assertThat(files.find("list.txt").map(Place::name)).contains("list.txt");
      }
    }
  }

  @Test
  void aColonInTheNameOfAFileIsAColon() throws Exception {
    Files.createDirectories(folder.resolve("9:00"));
    Files.write(folder.resolve("9:00/12:30.jpg"), new byte[5]);
    Files.write(folder.resolve("12:31.jpg"), new byte[6]);
    DatasetFiles files = files("");

    assertThat(files.list("9:00")).containsExactly(new Place("9:00/12:30.jpg", 0, 5));
    assertThat(files.read(files.find("9:00/12:30.jpg").orElseThrow(), LIMIT)).hasSize(5);
    assertThat(files.read(files.list("").get(0), LIMIT)).hasSize(6);
  }

  @Test
  void namesTheMemberThatIsDamaged() throws Exception {
    byte[] content = "a member that is stored as it is".getBytes(StandardCharsets.UTF_8);
    byte[] zip = new TestZip().stored("a", content).deflated("b", new byte[LIMIT]).bytes();
    zip[new String(zip, StandardCharsets.ISO_8859_1).indexOf("stored")] = 'S';
    Files.write(folder.resolve("damaged.zip"), zip);
    DatasetFiles files = files("damaged.zip");

    assertThatThrownBy(() -> files.read(files.find("a").orElseThrow(), LIMIT))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageStartingWith("a: damaged in the archive: ");
    assertThat(files.read(files.find("b").orElseThrow(), LIMIT)).hasSize(LIMIT);
  }

  @Test
  void aMemberLargerThanItIsDeclaredIsNotUnpacked() throws Exception {
    byte[] zip = new TestZip().deflated("bomb", new byte[64 << 20]).bytes();
    Files.write(folder.resolve("honest.zip"), zip);
    int size = centralSize(zip);
    zip[size] = 9;
    Arrays.fill(zip, size + 1, size + 4, (byte) 0);
    Files.write(folder.resolve("lying.zip"), zip);

    assertThatThrownBy(() -> files("honest.zip").read(new Place("bomb", 0, 64 << 20), LIMIT))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessage("file too large: 67108864 bytes, expected at most 1048576");
    DatasetFiles lying = files("lying.zip");
    assertThatThrownBy(() -> lying.read(lying.find("bomb").orElseThrow(), LIMIT))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageStartingWith("bomb: ");
  }

  @Test
  void refusesArchivesThatAreCutOrAmbiguous() throws Exception {
    byte[] zip = new TestZip().stored("a", new byte[5000]).bytes();
    Files.write(folder.resolve("cut.zip"), Arrays.copyOf(zip, zip.length - 10));
    Files.write(folder.resolve("empty.zip"), new byte[0]);
    Files.write(
        folder.resolve("twice.zip"),
        new TestZip().stored("a", new byte[9]).stored("./a", new byte[8]).bytes());
    try (TestArchive tar = new TestArchive(folder.resolve("whole.tar"))) {
      tar.file("a", new byte[5000]);
    }
    byte[] tar = Files.readAllBytes(folder.resolve("whole.tar"));
    Files.write(folder.resolve("cut.tar"), Arrays.copyOf(tar, 3000));
    Files.writeString(folder.resolve("a.rar"), "Rar!");

    assertRefused("cut.zip", "damaged archive: expected a whole zip file, found in file:");
    assertRefused("empty.zip", "damaged archive: expected a whole zip file, found in file:");
    assertRefused("twice.zip", "ambiguous archive: expected every path once, found a twice in ");
    assertRefused("cut.tar", "damaged archive: expected a whole tar file, found in file:");
    assertRefused("a.rar", "unknown input: expected a folder or a .zip or .tar file, found file:");
  }

  private void assertRefused(String archive, String reason) {
    assertThatThrownBy(() -> files(archive).list(""))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(reason)
        .hasMessageContaining(archive)
        .message()
        .doesNotContain("\n");
  }

  private DatasetFiles files(String name) {
    return DatasetFiles.of(storage, Storage.path(folder.resolve(name).toString()));
  }

  /** Where the central directory of an archive of one member says how large it is. */
  private static int centralSize(byte[] zip) throws IOException {
    for (int i = zip.length - 4; i >= 0; i--) {
      if (zip[i] == 'P' && zip[i + 1] == 'K' && zip[i + 2] == 1 && zip[i + 3] == 2) {
        return i + 24;
      }
    }
    throw new IOException("no central directory");
  }
}
