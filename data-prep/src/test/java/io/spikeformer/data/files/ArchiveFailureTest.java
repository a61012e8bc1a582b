package io.spikeformer.data.files;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that does not answer says nothing about the archive that lies in it. */
class ArchiveFailureTest {
  private static final int BYTES = 200_000;

  @TempDir Path folder;
  private final byte[] noise = new byte[BYTES];

  @BeforeEach
  void makeNoise() {
    new Random(1).nextBytes(noise);
  }

  @ParameterizedTest
  @CsvSource({"stored, 1000", "deflated, 201000"})
  void aTimeoutWithinAMemberIsNoFaultOfTheSample(String member, long from) throws Exception {
    Files.write(folder.resolve("set.zip"), zip());
    DatasetFiles files = files(TimingOutFileSystem.storage(from, 2 * BYTES), "set.zip");
    Place place = files.find(member).orElseThrow();

    assertThatThrownBy(() -> files.read(place, BYTES))
        .isInstanceOf(UserException.class)
        .hasMessage(Text.format("cannot read %s of %s: Read timed out", member, files.name()))
        .hasRootCauseInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void aTimeoutWhileAnArchiveIsListedIsNoDamage() throws Exception {
    Files.write(folder.resolve("set.zip"), zip());
    try (TestArchive tar = new TestArchive(folder.resolve("set.tar"))) {
      tar.file("a", noise);
    }
    for (String archive : new String[] {"set.zip", "set.tar"}) {
      DatasetFiles files = files(TimingOutFileSystem.storage(0, Long.MAX_VALUE), archive);

      assertThatThrownBy(() -> files.list(""))
          .isInstanceOf(UserException.class)
          .hasMessage(
              Text.format("cannot read %s: Read timed out (SocketTimeoutException)", files.name()));
    }
  }

  @Test
  void aMemberThatRunsIntoTheDirectoryIsDamage() throws Exception {
    byte[] zip = zip();
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    int offset = text.lastIndexOf("PK\1\2") + 42;
    // the last member's header is said to lie right before the central directory
    ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, text.indexOf("PK\1\2") - 40);
    Files.write(folder.resolve("set.zip"), zip);
    DatasetFiles files = files(TimingOutFileSystem.storage(0, 0), "set.zip");

    assertThatThrownBy(() -> files.read(new Place("deflated", 0, BYTES), BYTES))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageStartingWith("deflated: damaged in the archive: ");
  }

  private byte[] zip() {
    return new TestZip().stored("stored", noise).deflated("deflated", noise).bytes();
  }

  private DatasetFiles files(Storage storage, String archive) {
    return DatasetFiles.of(
        storage, new org.apache.hadoop.fs.Path("late://" + folder.resolve(archive)));
  }
}
