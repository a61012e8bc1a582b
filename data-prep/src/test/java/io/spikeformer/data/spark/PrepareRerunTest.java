package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.FirstVersion;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.shard.ShardManifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Conversions that fail, are stopped or were finished, and are run again. */
class PrepareRerunTest extends ImagePreparationLab {
  @Test
  void failsAboveTheFractionAndFinishesOnceItIsRaised() throws Exception {
    putImages("in/train", 20);
    putBadFiles();

    assertThatThrownBy(() -> run(options()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "too many rejected files: expected at most a fraction of 0.01, found 5 of 26 (0.1923),"
                + " the first is train/class0/empty.jpg (empty file); see file:")
        .hasMessageEndingWith(
            "then raise max-rejected-fraction, or mend the input and delete that folder");
    assertThat(folder.resolve("out/train/_manifest.json")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("out/train/_rejected.jsonl"))).hasSize(5);

    Map<String, FileTime> before = times();
    assertThat(run(options().withMaxRejectedFraction(0.2)).accepted()).isEqualTo(21);
    assertThat(times()).isEqualTo(before);
  }

  @Test
  void aFinishedSplitIsHeldToTheFractionToo() throws Exception {
    putImages("in/train", 20);
    putBadFiles();
    PrepareOptions lenient = options().withMaxRejectedFraction(0.2);
    ShardManifest manifest = run(lenient);
    assertThatThrownBy(() -> run(options()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "too many rejected files: expected at most a fraction of 0.01, found 5 of 26 (0.1923),"
                + " the first is train/class0/empty.jpg (empty file); see file:");
    assertThat(run(lenient)).isEqualTo(manifest);
  }

  @Test
  void goesOnAfterAFailureInTheMiddle() throws Exception {
    putImages("in/train", 80);
    run(options());
    Map<String, byte[]> undisturbed = shards("out/train");
    put("interrupted/" + BreakableFileSystem.BROKEN, new byte[0]);
    PrepareOptions options =
        PrepareOptions.of(path("in"), "breakable:" + path("interrupted"), "train")
            .withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the disk is full")
        .hasMessageContaining("run prepare again to go on")
        .message()
        .doesNotContain("\n");
    Map<String, byte[]> whole = shards("interrupted/train");
    assertThat(whole).hasSizeBetween(1, SHARDS - 1).doesNotContainKey("part-00005.parquet");
    assertThat(folder.resolve("interrupted/train/_manifest.json")).doesNotExist();

    Files.delete(folder.resolve("interrupted/" + BreakableFileSystem.BROKEN));
    Map<String, FileTime> before = times("interrupted/train", whole.keySet());
    assertThat(run(options).accepted()).isEqualTo(80);

    assertThat(shards("interrupted/train")).containsExactlyEntriesOf(undisturbed);
    assertThat(times("interrupted/train", whole.keySet())).isEqualTo(before);
    assertThat(folder.resolve("interrupted/train").toFile().list()).hasSize(SHARDS + 2);
  }

  @Test
  void aFullDiskLeavesNothingHalfWrittenAndARerunFinishes() throws Exception {
    putImages("in/train", 80);
    run(options());
    put("small/" + BreakableFileSystem.FULL, new byte[0]);
    PrepareOptions options =
        PrepareOptions.of(path("in"), "breakable:" + path("small"), "train").withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("prepare failed: cannot write breakable:")
        .hasMessageContaining("part-00005.parquet: No space left on device")
        .hasMessageEndingWith("is unfinished; run prepare again to go on)")
        .message()
        .doesNotContain("\n");
    assertThat(folder.resolve("small/train/_manifest.json")).doesNotExist();
    assertThat(shards("small/train")).doesNotContainKey("part-00005.parquet");
    assertThat(folder.resolve("small/train").toFile().list())
        .noneMatch(name -> name.contains("-00005"));

    Files.delete(folder.resolve("small/" + BreakableFileSystem.FULL));
    assertThat(run(options).accepted()).isEqualTo(80);
    assertThat(shards("small/train")).containsExactlyEntriesOf(shards("out/train"));
    assertThat(folder.resolve("small/train").toFile().list()).hasSize(SHARDS + 2);
  }

  @Test
  void aFileThatMayNotBeReadStopsTheJobAndIsNamed() throws Exception {
    putImages("in/train", 20);
    put("in/train/class0/" + BreakableFileSystem.LOCKED + ".jpg", TestImages.jpeg(12, 20, 1));
    PrepareOptions options =
        PrepareOptions.of("breakable:" + path("in"), path("out"), "train").withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("class0/locked.jpg")
        .hasMessageContaining("run prepare again to go on")
        .message()
        .doesNotContain("\n");
    assertThat(folder.resolve("out/train/_manifest.json")).doesNotExist();
  }

  @Test
  void aRerunWritesOnlyWhatIsMissingOrDamaged() throws Exception {
    putImages("in/train", 40);
    ShardManifest manifest = run(options());
    Map<String, byte[]> shards = shards("out/train");
    assertThat(run(options())).isEqualTo(manifest);

    Files.delete(folder.resolve("out/train/part-00001.parquet"));
    put("out/train/part-00002.parquet", "damaged".getBytes(StandardCharsets.UTF_8));
    Files.copy(
        folder.resolve("out/train/part-00004.parquet"),
        folder.resolve("out/train/part-00003.parquet"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(run(options())).isEqualTo(manifest);
    assertThat(shards("out/train")).containsExactlyEntriesOf(shards);
  }

  @Test
  void goesOnWithWhatTheFirstVersionWrote() throws Exception {
    putImages("in/train", 20);
    ShardManifest manifest = run(options().withShortSide(8));
    Path file = folder.resolve("out/train/_manifest.json");
    Files.writeString(file, FirstVersion.of(Files.readString(file), 8));
    Map<String, FileTime> before = times();

    assertThat(run(options().withShortSide(8)).shards()).isEqualTo(manifest.shards());
    assertThat(times()).isEqualTo(before);
  }

  @Test
  void refusesAnOutputOfOtherParameters() throws Exception {
    putImages("in/train", 10);
    run(options());

    for (PrepareOptions other :
        List.of(options().withSeed(5), options().withShards(9), options().withShortSide(8))) {
      assertThatThrownBy(() -> run(other))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(
              "output holds another conversion: expected {\"dataset\":\"imagenet\",\"input\":")
          .hasMessageEndingWith("choose another output or delete that folder");
    }
    put("foreign/train/notes.txt", new byte[1]);
    assertThatThrownBy(() -> run(options("foreign")))
        .hasMessageStartingWith(
            "--output: expected a new or empty folder or a prepared split, found a folder of");
  }

  @Test
  void refusesAnOutputOfOtherClasses() throws Exception {
    putImages("in/train", 10);
    ShardManifest manifest = run(options());
    String renamed = manifest.classes().get(0) + "-renamed";
    Path train = folder.resolve("in/train");
    Files.move(train.resolve(manifest.classes().get(0)), train.resolve(renamed));
    assertThatThrownBy(() -> run(options()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("output holds another conversion: expected ");
  }

  private Map<String, FileTime> times() throws IOException {
    return times("out/train", shards("out/train").keySet());
  }

  private Map<String, FileTime> times(String split, Iterable<String> files) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String file : files) {
      times.put(file, Files.getLastModifiedTime(folder.resolve(split).resolve(file)));
    }
    return times;
  }
}
