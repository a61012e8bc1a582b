package io.spikeformer.data.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void aPlainPathIsALocalFileWhateverTheDefaultFileSystem() {
    Configuration elsewhere = new Configuration();
    elsewhere.set("fs.defaultFS", "hdfs://nowhere:9000");
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("a b%20.txt").toString());

    new Storage(elsewhere).writeText(file, "x");

    assertThat(folder.resolve("a b%20.txt")).hasContent("x");
    assertThat(Storage.path("data/../x").toString()).startsWith("file:/").endsWith("/x");
    assertThat(Storage.path("s3a://bucket/key").toString()).isEqualTo("s3a://bucket/key");
  }

  @Test
  void aNameMayHaveColonsSpacesAndAnyScript() {
    org.apache.hadoop.fs.Path file =
        Storage.path(folder.resolve("mein ordner: é/12:30 日本.txt").toString());
    storage.writeText(file, "one");
    storage.writeText(file, "two");
    storage.append(file, stream -> stream.write('3'));
    assertThat(storage.readText(file, 100)).isEqualTo("two3");
    assertThat(storage.list(file.getParent()))
        .extracting(entry -> entry.getPath().getName())
        .containsExactly("12:30 日本.txt");
    assertThatThrownBy(() -> Storage.path("12:30/run"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("a colon before its first slash begins with ./");
    assertThat(Storage.path("./12:30/run").toString()).endsWith("/12:30/run");
  }

  /** Hadoop leaves such a file out of its listings without a word. */
  @Test
  void aNameThatJavaCannotReadIsNotLeftOut() throws Exception {
    Files.writeString(folder.resolve("a.jpg"), "x");
    String latin1 = "printf x > \"$(printf 'm\\344nnchen.jpg')\"";
    Process shell =
        new ProcessBuilder("sh", "-c", latin1).directory(folder.toFile()).inheritIO().start();
    assertThat(shell.waitFor()).isZero();
    assertThatThrownBy(() -> storage.list(Storage.path(folder.toString())))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot list file:" + folder)
        .hasMessageContaining("found 'm\uFFFDnnchen.jpg'; set LC_ALL=C.UTF-8 or rename it");
    shell =
        new ProcessBuilder("sh", "-c", "rm m*.jpg").directory(folder.toFile()).inheritIO().start();
    assertThat(shell.waitFor()).as("or the folder could not be deleted").isZero();
  }

  @Test
  void replacesAFileAndLeavesNothingBeside() {
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("deep/a.json").toString());

    storage.writeText(file, "first");
    storage.writeText(file, "second");

    assertThat(storage.readText(file, 100)).isEqualTo("second");
    assertThat(storage.list(file.getParent())).hasSize(1);
  }

  @Test
  void aLinkThatLeadsNowhereIsListedAsALink() throws Exception {
    Files.writeString(folder.resolve("b"), "x");
    Files.createSymbolicLink(folder.resolve("a"), folder.resolve("b"));
    Files.createSymbolicLink(folder.resolve("12:30.jpg"), Path.of("gone:1"));
    Files.createSymbolicLink(folder.resolve("c"), folder.resolve("c"));

    List<FileStatus> entries = storage.list(Storage.path(folder.toString()));

    assertThat(entries)
        .extracting(entry -> entry.getPath().getName())
        .containsExactly("12:30.jpg", "a", "b", "c");
    assertThat(entries).extracting(FileStatus::isSymlink).containsExactly(true, false, false, true);
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() {
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("a.json").toString());
    storage.writeText(file, "old");

    assertThatThrownBy(
            () ->
                storage.write(
                    file,
                    stream -> {
                      stream.write(1);
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write file:")
        .hasMessageContaining("disk full");

    assertThat(storage.readText(file, 100)).isEqualTo("old");
    assertThat(folder.toFile().list()).containsExactly("a.json");
  }

  @Test
  void aStreamThatThrowsOneFailureTwiceKeepsItsReason() {
    IOException lost = new IOException("all nodes are lost");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw lost;
          }

          @Override
          public void close() throws IOException {
            throw lost;
          }
        };
    assertThatThrownBy(
            () -> {
              try (OutputStream stream = new DistinctFailures(broken)) {
                stream.write(1);
              }
            })
        .isSameAs(lost)
        .hasSuppressedException(new IOException("all nodes are lost"));
  }

  @Test
  void saysWhichFileIsMissingOrTooLarge() throws Exception {
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("a.bin").toString());

    assertThatThrownBy(() -> storage.read(file, 10))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("missing file: expected file:");
    Files.write(folder.resolve("a.bin"), new byte[11]);
    assertThatThrownBy(() -> storage.read(file, 10))
        .hasMessageStartingWith("file too large: expected at most 10 bytes, found 11");
    assertThatThrownBy(() -> Storage.path(" ")).hasMessageStartingWith("location: expected a path");
  }

  @Test
  void saysWhichLibraryAStoreNeeds() {
    // Hadoop knows the name of the class, which hadoop-aws brings
    assertThatThrownBy(() -> storage.exists(Storage.path("s3a://bucket/key")))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "cannot reach s3a://bucket/key: expected the library of s3a:// on the class path")
        .hasMessageContaining("--packages org.apache.hadoop:hadoop-aws:3.3.4");
  }

  @Test
  void credentialsInAUriAreRefusedAndNotRepeated() {
    for (String location :
        new String[] {
          "s3a://KEY:SECRET@bucket/x",
          "S3A://KEY:SECRET@bucket/x",
          "s3a://KEY:SEC/RET@bucket/x",
          "s3n://KEY@bucket/SECRET",
          "hdfs://KEY:SECRET@namenode:8020/x",
          "initialise-from=s3a://KEY:SECRET@bucket"
        }) {
      assertThatThrownBy(() -> Storage.path(location))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("location: expected a URI without credentials")
          .hasMessageNotContaining("KEY")
          .hasMessageNotContaining("SECRET");
    }
    for (String location :
        new String[] {
          "s3a://bucket/a:b@c/d",
          "s3a://bucket",
          "hdfs://namenode:8020/a@b:c",
          "abfss://container@account.dfs.core.windows.net/x",
          "arn:aws:s3:::bucket",
          "some/file@2x:1.png"
        }) {
      assertThat(UriCredentials.isIn(location)).as(location).isFalse();
    }
  }

  @Test
  void theRootOfAStoreKeepsItsName() {
    assertThat(new org.apache.hadoop.fs.Path(Storage.path("s3a://bucket"), "train"))
        .hasToString("s3a://bucket/train");
  }
}
