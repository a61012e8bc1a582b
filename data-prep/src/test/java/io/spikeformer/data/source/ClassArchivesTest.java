package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.sample.Rejection;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of class folders: entries that are no plain files, ends, damage. */
class ClassArchivesTest extends ClassInputsLab {
  private static final String LINK =
      "a link, which is not followed in an archive; pack the file itself";
  private static final String SPARSE =
      "a sparse file, which is not read in an archive; pack it without --sparse";
  private static final String OUTSIDE = "a path that leads out of the archive";

  @ParameterizedTest
  @ValueSource(strings = {"in.tar", "in.tar.gz"})
  void whatIsNoPlainFileInATarIsRejectedForWhatItIs(String input) throws Exception {
    try (TestArchive tar = new TestArchive(folder.resolve(input))) {
      tar.folder("cat").file("cat/1.jpg", bytes("c1"));
      tar.link("cat/2.jpg", "1.jpg").hardLink("cat/3.jpg", "cat/1.jpg").pipe("cat/4.jpg");
      tar.link("cat/._5.jpg", "1.jpg").sparse("cat/6.jpg");
      // 2048 bytes, of which the first 512 are there: three ways to say it
      tar.sparse(
          "cat/7.jpg",
          "",
          "GNU.sparse.size",
          "2048",
          "GNU.sparse.numblocks",
          "2",
          "GNU.sparse.offset",
          "0",
          "GNU.sparse.numbytes",
          "512",
          "GNU.sparse.offset",
          "2048",
          "GNU.sparse.numbytes",
          "0");
      tar.sparse(
          "cat/8.jpg",
          "",
          "GNU.sparse.size",
          "2048",
          "GNU.sparse.numblocks",
          "2",
          "GNU.sparse.map",
          "0,512,2048,0");
      tar.sparse(
          "cat/GNUSparseFile.0/9.jpg",
          "2\n0\n512\n2048\n0\n",
          "GNU.sparse.major",
          "1",
          "GNU.sparse.minor",
          "0",
          "GNU.sparse.name",
          "cat/9.jpg",
          "GNU.sparse.realsize",
          "2048");
      tar.file("../evil.jpg", bytes("x")).file("/cat/10.jpg", bytes("x"));
      tar.file("dog/a\\b.jpg", bytes("d1"));
    }

    Dataset dataset = open(input, "train");
    SourceIndex index = dataset.index();

    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("cat/2.jpg", LINK),
            new Rejection("cat/3.jpg", LINK),
            new Rejection("cat/4.jpg", "a device or a pipe, not a file"),
            new Rejection("cat/6.jpg", SPARSE),
            new Rejection("cat/7.jpg", SPARSE),
            new Rejection("cat/8.jpg", SPARSE),
            new Rejection("cat/9.jpg", SPARSE),
            new Rejection("../evil.jpg", OUTSIDE),
            new Rejection("/cat/10.jpg", OUTSIDE));
    assertThat(index.ignored()).isEqualTo(1);
    assertThat(index.files() + index.ignored()).isEqualTo(12);
    assertThat(readAll(dataset)).isEqualTo(Map.of("cat/1.jpg", "c1", "dog/a\\b.jpg", "d1"));
  }

  @Test
  void whatIsNoPlainFileInAZipIsRejectedForWhatItIs() throws Exception {
    Files.write(
        folder.resolve("in.zip"),
        new TestZip()
            .stored("cat/1.jpg", bytes("c1"))
            .link("cat/2.jpg", "1.jpg")
            .link("cat/.3.jpg", "1.jpg")
            .method("cat/4.jpg", 93)
            .stored("x/../../evil.jpg", bytes("x"))
            .unixNamed("dog\\5.jpg", bytes("d5"))
            .bytes());

    Dataset dataset = open("in.zip", "train");
    SourceIndex index = dataset.index();

    assertThat(index.rejected())
        .containsExactly(
            new Rejection("cat/2.jpg", LINK),
            new Rejection(
                "cat/4.jpg", "compressed by method 93, which is not read; pack it with deflate"),
            new Rejection("x/../../evil.jpg", OUTSIDE));
    assertThat(index.ignored()).isEqualTo(1);
    assertThat(index.files()).isEqualTo(5);
    assertThat(readAll(dataset)).isEqualTo(Map.of("cat/1.jpg", "c1", "dog/5.jpg", "d5"));
  }

  @Test
  void anEncryptedZipIsSaidToBeOne() throws Exception {
    Files.write(
        folder.resolve("in.zip"), new TestZip().encrypted("cat/1.jpg", bytes("c1")).bytes());

    assertThatThrownBy(() -> open("in.zip", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "encrypted archive: expected a .zip file without a password, found cat/1.jpg encrypted"
                + " in file:")
        .hasMessageEndingWith("unpack it with its password and give the folder");
  }

  /** Fills an archive's end up to blocks, as GNU tar does, or not at all. */
  @ParameterizedTest
  @CsvSource({"a.tar, 10240", "b.tar, 1024", "c.tar.gz, 10240", "d.tar.gz, 512"})
  void oneArchiveBehindTheOtherIsReadToTheEnd(String input, int zeros) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(withZeros(tar("cat/1.jpg", "cat/2.jpg"), zeros));
    bytes.write(withZeros(tar("dog/3.jpg"), 1024));
    put(input, bytes.toByteArray());

    assertThat(readAll(open(input, "train")))
        .containsOnlyKeys("cat/1.jpg", "cat/2.jpg", "dog/3.jpg");
  }

  @Test
  void oneGzipMemberBehindTheOtherIsReadToTheEnd() throws Exception {
    byte[] first = tar("cat/1.jpg", "cat/2.jpg");
    ByteArrayOutputStream halves = new ByteArrayOutputStream();
    halves.write(gzip(Arrays.copyOf(first, 700)));
    halves.write(gzip(Arrays.copyOfRange(first, 700, first.length)));
    halves.write(gzip(tar("dog/3.jpg")));
    Files.write(folder.resolve("in.tar.gz"), halves.toByteArray());

    assertThat(readAll(open("in.tar.gz", "train")))
        .containsOnlyKeys("cat/1.jpg", "cat/2.jpg", "dog/3.jpg");
  }

  @ParameterizedTest
  @CsvSource({"a.tar, 1024", "b.tar, 2048", "a.tar.gz, 1024", "b.tgz, 2048"})
  void anArchiveThatIsCutBetweenEntriesIsRefused(String input, int bytes) throws Exception {
    put(input, Arrays.copyOf(tar("cat/1.jpg", "cat/2.jpg", "dog/3.jpg"), bytes));

    assertThatThrownBy(() -> open(input, "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("damaged archive: expected a whole tar file, found in file:")
        .hasMessageEndingWith("without an end marker; get the archive again");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz"})
  void bytesBehindTheEndThatAreNoEntriesAreDamage(String input) throws Exception {
    byte[] whole = tar("cat/1.jpg");
    byte[] longer = Arrays.copyOf(whole, whole.length + 700);
    Arrays.fill(longer, whole.length, longer.length, (byte) 7);
    put(input, longer);

    assertThatThrownBy(() -> open(input, "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("bytes behind the end marker that are no entries; get the archive");
  }

  @Test
  void aHeaderWhoseChecksumIsWrongIsDamage() throws Exception {
    byte[] tar = tar("cat/1.jpg", "cat/2.jpg");
    tar[1024 + 4] = '7';
    put("in.tar", tar);

    assertThatThrownBy(() -> open("in.tar", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a header with a wrong checksum behind cat/1.jpg");
  }

  @Test
  void archivesOfClassesAreReadFromACompressedArchiveToo() throws Exception {
    try (TestArchive tar = new TestArchive(folder.resolve("train.tar.gz"))) {
      tar.file("n02.tar", tar("n02_1.JPEG", "._n02_1.JPEG"));
      tar.file("n01.tar", tar("n01_1.JPEG", "n01_2.JPEG"));
    }

    Dataset dataset = open("train.tar.gz", "train");

    assertThat(dataset.index().classes()).containsExactly("n01", "n02");
    assertThat(dataset.index().ignored()).isEqualTo(1);
    assertThat(readAll(dataset))
        .containsOnlyKeys("n01/n01_1.JPEG", "n01/n01_2.JPEG", "n02/n02_1.JPEG");
  }

  @Test
  void anArchiveOfAClassThatIsCutIsRefused() throws Exception {
    try (TestArchive tar = new TestArchive(folder.resolve("train.tar"))) {
      tar.file("n01.tar", Arrays.copyOf(tar("n01_1.JPEG", "n01_2.JPEG"), 1024));
      tar.file("n02.tar", tar("n02_1.JPEG"));
    }

    assertThatThrownBy(() -> open("train.tar", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("without an end marker");
  }
}
