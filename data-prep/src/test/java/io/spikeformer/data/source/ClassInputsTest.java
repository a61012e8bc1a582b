package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Class folders and labelled images, by one rule in whatever form they come. */
class ClassInputsTest {
  private static final String LINK =
      "a link, which is not followed in an archive; pack the file itself";
  private static final String SPARSE =
      "a sparse file, which is not read in an archive; pack it without --sparse";
  private static final String OUTSIDE = "a path that leads out of the archive";

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"in", "in.tar", "IN.TAR", "in.tar.gz", "IN.Tar.GZ", "in.TGZ", "in.zip", "IN.ZIP"})
  void acceptedRejectedAndIgnoredAreAllFilesOfTheSplit(String input) throws Exception {
    write(
        input,
        "train/cat/1.jpg",
        "train/dog/2.jpg",
        "train/dog/more/3.jpg",
        "train/eel/deep/4.jpg",
        "train/readme.txt",
        "train/cat/._1.jpg",
        "train/cat/.DS_Store",
        "train/dog/Thumbs.db",
        "train/__MACOSX/cat/1.jpg",
        "train/.cache/a/b.jpg",
        "val/cat/9.jpg");

    SourceIndex index = open(input, "train").index();

    assertThat(index.classes()).containsExactly("cat", "dog", "eel");
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("train/dog/more/3.jpg", "not a file in a class folder"),
            new Rejection("train/eel/deep/4.jpg", "not a file in a class folder"),
            new Rejection("train/readme.txt", "not a file in a class folder"));
    assertThat(index.ignored()).isEqualTo(5);
    assertThat(index.files() + index.ignored()).isEqualTo(10);
    assertThat(index.files()).isEqualTo(2 + index.rejected().size());
    assertThat(readAll(open(input, "train")))
        .isEqualTo(Map.of("cat/1.jpg", "train/cat/1.jpg", "dog/2.jpg", "train/dog/2.jpg"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void labelsApplyWhereverAnImageLies(String input) throws Exception {
    write(
        input,
        "ILSVRC2012_img_val/p1.png",
        "p2.png",
        "x/y/p3.png",
        "b/p4.png",
        "a/plain.png",
        "z/other.png",
        "lost.png",
        "x/y/.p5.png");
    labels("p1,a", "p2,b", "p3,b", "p4,a", "p5,a");

    Dataset dataset = labelled(input, "val");
    SourceIndex index = dataset.index();

    assertThat(index.classes()).containsExactly("a", "b");
    assertThat(readAll(dataset))
        .isEqualTo(
            Map.of(
                "a/p1.png", "ILSVRC2012_img_val/p1.png",
                "b/p2.png", "p2.png",
                "b/p3.png", "x/y/p3.png",
                "a/p4.png", "b/p4.png",
                "a/plain.png", "a/plain.png"));
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("lost.png", "no label in labels.csv"),
            new Rejection("z/other.png", "no label in labels.csv, and no class named z"));
    assertThat(index.ignored()).isEqualTo(1);
    assertThat(index.files()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void labelsOfOtherImagesAreRefused(String input) throws Exception {
    write(input, "val/p1.png", "val/p2.png");
    labels("q1,a", "q2,b");

    assertThatThrownBy(() -> labelled(input, "val").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "no images of split 'val': expected those that labels.csv names in file:")
        .hasMessageEndingWith(
            "found none; all 2 files are rejected, the first is val/p1.png (no label in labels.csv)")
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"in", "in.tar", "in.tar.gz", "in.zip"})
  void aSplitWithoutClassFoldersIsNoClass(String input) throws Exception {
    write(input, "train/1.jpg", "train/2.jpg");

    assertThatThrownBy(() -> open(input, "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("found 0 files in class folders and 2 at other places; name a split");
  }

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

  @Test
  void aLinkThatLeadsBackIsRefused() throws Exception {
    write("in", "train/cat/1.jpg");
    Files.createSymbolicLink(folder.resolve("in/train/cat/loop"), Path.of("."));

    assertThatThrownBy(() -> open("in", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("folders too deep: expected at most 16 in one another, found file:")
        .hasMessageEndingWith("delete a link that leads back");
  }

  private void write(String input, String... paths) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String path : paths) {
      files.put(path, bytes(path));
    }
    TestInputs.write(folder.resolve(input), files);
  }

  private void labels(String... lines) throws IOException {
    Files.writeString(folder.resolve("labels.csv"), "id,label\n" + String.join("\n", lines) + "\n");
  }

  private void put(String input, byte[] tar) throws IOException {
    Files.write(folder.resolve(input), input.endsWith(".tar") ? tar : gzip(tar));
  }

  /** An archive of files that hold their names, with a record of content each. */
  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TestArchive tar = new TestArchive(bytes)) {
      for (String name : names) {
        tar.file(name, bytes(name));
      }
    }
    return bytes.toByteArray();
  }

  /** The same archive with another number of zeros at its end. */
  private static byte[] withZeros(byte[] tar, int zeros) {
    int end = tar.length;
    while (tar[end - 1] == 0) {
      end--;
    }
    int records = (end + 511) / 512;
    return Arrays.copyOf(tar, records * 512 + zeros);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  private Dataset open(String input, String split) {
    return Datasets.open(storage, spec(input, split));
  }

  private Dataset labelled(String input, String split) {
    String labels = folder.resolve("labels.csv").toString();
    return Datasets.open(storage, spec(input, split).with(ImageNet.LABELS, labels));
  }

  private DatasetSpec spec(String input, String split) {
    return DatasetSpec.of(ImageNet.NAME, folder.resolve(input).toString(), split);
  }

  private static Map<String, String> readAll(Dataset dataset) {
    Map<String, String> content = new TreeMap<>();
    for (SourcePart part : dataset.index().parts()) {
      try (SourceReader reader = dataset.read(part)) {
        while (reader.hasNext()) {
          SourceEntry entry = reader.next();
          content.put(entry.key(), new String(entry.read().content(), StandardCharsets.UTF_8));
        }
      }
    }
    return content;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
