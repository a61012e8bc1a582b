package io.spikeformer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
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
  void replacesAFileAndLeavesNothingBeside() {
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("deep/a.json").toString());

    storage.writeText(file, "first");
    storage.writeText(file, "second");

    assertThat(storage.readText(file, 100)).isEqualTo("second");
    assertThat(storage.list(file.getParent())).hasSize(1);
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
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("cannot write file:")
        .hasMessageContaining("disk full");

    assertThat(storage.readText(file, 100)).isEqualTo("old");
    assertThat(folder.toFile().list()).containsExactly("a.json");
  }

  @Test
  void saysWhichFileIsMissingOrTooLarge() throws Exception {
    org.apache.hadoop.fs.Path file = Storage.path(folder.resolve("a.bin").toString());

    assertThatThrownBy(() -> storage.read(file, 10))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("missing file: expected file:");
    Files.write(folder.resolve("a.bin"), new byte[11]);
    assertThatThrownBy(() -> storage.read(file, 10))
        .hasMessageStartingWith("file too large: expected at most 10 bytes, found 11");
    assertThatThrownBy(() -> Storage.path(" ")).hasMessageStartingWith("location: expected a path");
  }
}
