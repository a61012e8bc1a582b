package io.spikeformer.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SampleSourceTest {
  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void readsFoldersWithAndWithoutTheSplit() throws Exception {
    put("in/train/dog/2.jpg", "d2");
    put("in/train/cat/1.jpg", "c1");
    put("in/val/cat/9.jpg", "other");

    for (String input : new String[] {"in", "in/train"}) {
      SampleSource source = open(input, "train");
      assertThat(source.index().classes()).containsExactly("cat", "dog");
      assertThat(source.index().files()).isEqualTo(2);
      assertThat(source.index().bytes()).isEqualTo(4);
      assertThat(readAll(source)).isEqualTo(Map.of("cat/1.jpg", "c1", "dog/2.jpg", "d2"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz", "a.tgz"})
  void readsTheSameFromArchives(String name) throws Exception {
    try (TestArchive archive = new TestArchive(folder.resolve(name))) {
      archive.folder("./train").folder("./train/eel").file("./train/dog/2.jpg", bytes("d2"));
      archive.file("val/cat/9.jpg", bytes("other")).file("./train/cat/1.jpg", bytes("c1"));
    }

    SampleSource source = open(name, "train");

    assertThat(source.index().classes()).containsExactly("cat", "dog", "eel");
    assertThat(source.index().files()).isEqualTo(2);
    assertThat(source.index().bytes()).isEqualTo(4);
    assertThat(source.index().prefix()).isEqualTo("train/");
    assertThat(readAll(source)).isEqualTo(Map.of("cat/1.jpg", "c1", "dog/2.jpg", "d2"));
  }

  @Test
  void readsAnArchiveOfClassFolders() throws Exception {
    try (TestArchive archive = new TestArchive(folder.resolve("a.tar"))) {
      archive.file("dog/2.jpg", bytes("d2")).file("cat/1.jpg", bytes("c1"));
    }

    assertThat(readAll(open("a.tar", "train"))).containsOnlyKeys("cat/1.jpg", "dog/2.jpg");
  }

  @Test
  void aColonInANameIsAColon() throws Exception {
    put("in/train/9:00/12:30.jpg", "c1");

    assertThat(readAll(open("in", "train"))).isEqualTo(Map.of("9:00/12:30.jpg", "c1"));
  }

  @Test
  void passesHiddenFilesOverAndRejectsWhatLiesElsewhere() throws Exception {
    put("in/train/cat/1.jpg", "c1");
    put("in/train/cat/.DS_Store", "x");
    put("in/train/.cache/1.jpg", "x");
    put("in/train/readme.txt", "x");
    put("in/train/cat/more/2.jpg", "x");

    SourceIndex index = open("in", "train").index();

    assertThat(index.classes()).containsExactly("cat");
    assertThat(index.ignored()).isEqualTo(2);
    assertThat(index.files()).isEqualTo(3);
    assertThat(index.rejected())
        .containsExactlyInAnyOrder(
            new Rejection("train/readme.txt", "not a file in a class folder"),
            new Rejection("train/cat/more/2.jpg", "not a file in a class folder"));
  }

  @Test
  void rejectsLinksThatLeadNowhere() throws Exception {
    put("in/train/cat/1.jpg", "c1");
    Files.createSymbolicLink(folder.resolve("in/train/cat/2.jpg"), Path.of("gone"));
    Files.createSymbolicLink(folder.resolve("in/train/cat/.2.jpg"), Path.of("gone"));
    Files.createSymbolicLink(folder.resolve("in/train/dog"), Path.of("gone"));

    SourceIndex index = open("in", "train").index();

    assertThat(index.files()).isEqualTo(3);
    assertThat(index.ignored()).isEqualTo(1);
    assertThat(index.rejected())
        .containsExactly(
            new Rejection("train/cat/2.jpg", "a link that leads nowhere"),
            new Rejection("train/dog", "a link that leads nowhere"));
  }

  @Test
  void rejectsLinksAndPathsThatLeadOutOfAnArchive() throws Exception {
    try (TestArchive archive = new TestArchive(folder.resolve("a.tar.gz"))) {
      archive.file("train/cat/1.jpg", bytes("c1"));
      archive.file("train/../../../etc/passwd", bytes("x"));
      archive.file("/train/cat/2.jpg", bytes("x"));
      archive.link("train/cat/3.jpg", "/etc/passwd");
      archive.file("train/4.jpg", bytes("x"));
      archive.file("train/cat/._1.jpg", bytes("x"));
    }

    SampleSource source = open("a.tar.gz", "train");

    assertThat(source.index().rejected())
        .extracting(Rejection::reason)
        .containsExactly(
            "a path that leads out of the archive",
            "a path that leads out of the archive",
            "a link, which is not followed in an archive; pack the file itself",
            "not a file in a class folder");
    assertThat(source.index().ignored()).isEqualTo(1);
    assertThat(source.index().files()).isEqualTo(5);
    assertThat(readAll(source)).containsOnlyKeys("cat/1.jpg");
  }

  @Test
  void saysWhatItExpectedOfTheInput() throws Exception {
    put("in/train/cat/1.jpg", "c1");
    put("notes.txt", "x");
    try (TestArchive archive = new TestArchive(folder.resolve("a.tar"))) {
      archive.file("train/cat/1.jpg", bytes("c1"));
    }

    assertThatThrownBy(() -> open("absent", "train"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("missing input: expected a folder or an archive at file:");
    assertThatThrownBy(() -> open("notes.txt", "train"))
        .hasMessageStartingWith("unknown input: expected a folder or a .tar");
    assertThatThrownBy(() -> open("in", "test").index())
        .hasMessageStartingWith(
            "no images of split 'test': expected test/class/file or class/file in file:");
    assertThatThrownBy(() -> open("a.tar", "test").index())
        .hasMessageStartingWith(
            "no images of split 'test': expected test/class/file or class/file in file:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz"})
  void aTruncatedArchiveIsFoundBeforeAnythingIsRead(String name) throws Exception {
    byte[] noise = new byte[300_000];
    new Random(4).nextBytes(noise);
    try (TestArchive archive = new TestArchive(folder.resolve(name))) {
      archive.file("train/cat/1.jpg", noise).file("train/cat/2.jpg", noise);
    }
    byte[] whole = Files.readAllBytes(folder.resolve(name));
    Files.write(folder.resolve(name), Arrays.copyOf(whole, whole.length * 2 / 3));

    assertThatThrownBy(() -> open(name, "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("damaged archive: expected a whole tar file, found in file:");
  }

  @Test
  void aFileThatIsNoArchiveIsSaidToBeDamaged() throws Exception {
    put("a.tar.gz", "this is not gzip");

    assertThatThrownBy(() -> open("a.tar.gz", "train").index())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("damaged archive")
        .message()
        .doesNotContain("\n");
  }

  private SampleSource open(String input, String split) {
    return SampleSource.open(storage, Storage.path(folder.resolve(input).toString()), split);
  }

  private static Map<String, String> readAll(SampleSource source) {
    Map<String, String> content = new TreeMap<>();
    for (SourcePart part : source.index().parts()) {
      try (SourceReader reader = source.read(part)) {
        while (reader.hasNext()) {
          SourceEntry entry = reader.next();
          content.put(entry.key(), new String(entry.read().content(), StandardCharsets.UTF_8));
        }
      }
    }
    return content;
  }

  private void put(String name, String content) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes(content));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
