package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.events.DamagedRecordings;
import io.spikeformer.data.events.EventFiles;
import io.spikeformer.data.events.PolarityColours;
import io.spikeformer.data.events.SensorSize;
import io.spikeformer.data.events.TimeUnit;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.source.EventSettings;
import io.spikeformer.data.source.RecordingFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Recordings that are damaged or out of place: rejected, kept in part, or refused. */
class UnusableRecordingsTest extends EventPreparationLab {
  @Test
  void badRecordingsAreListedWithPlaceAndReason() throws Exception {
    byte[] good = EventFiles.aedat4(1000, 1, "LZ4");
    put("in/action_001/good.aedat4", good);
    put("in/action_001/cut.aedat4", Arrays.copyOf(good, good.length / 2));
    put("in/action_001/text.aedat4", text("no recording"));
    put("in/action_001/few.npz", EventFiles.npz(7, 1));
    Files.createDirectories(folder.resolve("in/action_001/empty"));
    Files.createSymbolicLink(folder.resolve("in/action_001/gone.npz"), Path.of("nothing"));
    for (int i = 0; i < 8; i++) {
      put("in/action_001/hole/" + i + ".png", EventFiles.picture(64, 80, i, 300));
    }
    Files.createSymbolicLink(folder.resolve("in/action_001/hole/8.png"), Path.of("nothing"));
    for (int i = 0; i < 8; i++) {
      put("in/action_001/deep/" + i + ".png", EventFiles.picture(64, 80, i, 300));
    }
    Files.createDirectories(folder.resolve("in/action_001/deep/more"));
    put(
        "labels.txt",
        text(
            "action_001/good 0\naction_001/cut 0\naction_001/text 0\naction_001/few 0\n"
                + "action_001/empty 0\naction_003/none 2\n"
                + "action_001/gone 0\naction_001/hole 0\naction_001/deep 0\n"));
    EventSettings settings =
        new EventSettings(
            FRAMES,
            SensorSize.DAVIS346,
            TimeUnit.MICROSECONDS,
            PolarityColours.RED_AND_BLUE,
            RecordingFormat.ANY,
            path("labels.txt"),
            null,
            OptionalInt.empty(),
            DamagedRecordings.REJECT);

    ShardManifest manifest = run(settings, "in", "out", 1);

    assertThat(manifest.accepted()).isEqualTo(1);
    assertThat(rejections("out/train"))
        .hasSize(8)
        .anySatisfy(
            line -> assertThat(line).contains("action_001/gone.npz\"", "a link that leads nowhere"))
        .anySatisfy(
            line -> assertThat(line).contains("deep/more: expected a picture, found a folder"))
        .anySatisfy(
            line -> assertThat(line).contains("hole/8.png: expected a picture, found a link"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "action_001/cut.aedat4\"", "action_001/cut.aedat4 at byte ", "expected"))
        .anySatisfy(line -> assertThat(line).contains("action_001/text.aedat4 at byte 0: expected"))
        .anySatisfy(
            line -> assertThat(line).contains("few.npz: expected at least 8 events", "found 7"))
        .anySatisfy(
            line -> assertThat(line).contains("action_001/empty/: expected 8 to", "found 0"))
        .anySatisfy(
            line -> assertThat(line).contains("action_003/none", "in labels.txt, but there is no"));
    assertThatThrownBy(() -> run(settings, "in", "strict", 0.01))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("too many rejected files: expected at most a fraction of 0.01");
    assertThat(folder.resolve("strict/train/" + ShardManifest.FILE)).doesNotExist();
  }

  @Test
  void damagedRecordingsAreKeptUpToTheDamageIfAskedForAndNoted() throws Exception {
    byte[] good = EventFiles.aedat4(1000, 1, "NONE");
    put("in/a/good.aedat4", good);
    put("in/a/cut.aedat4", Arrays.copyOf(good, good.length / 2));
    put("in/a/reset.aedat4", EventFiles.resetAedat4(400, 300));
    put("in/a/two.aedat4", EventFiles.twoStreams(400, 10, 2));
    put("in/a/reset.npz".replace("reset", "back"), EventFiles.resetNpz(400, 300));
    put("in/a/header.aedat4", Arrays.copyOf(good, 100));
    EventSettings usual = EventSettings.of(FRAMES);
    EventSettings kept = usual.withRecordings(OptionalInt.empty(), DamagedRecordings.KEEP_PREFIX);

    ShardManifest strict = run(usual, "in", "strict", 1);
    ShardManifest manifest = run(kept, "in", "out", 1);

    assertThat(strict.accepted()).isEqualTo(2);
    assertThat(strict.noted()).isEqualTo(1);
    assertThat(rejections("strict/train"))
        .hasSize(4)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "a/cut.aedat4\"",
                        "packet 2 of events",
                        "; --damaged keep-prefix keeps the"));
    assertThat(manifest.accepted()).isEqualTo(5);
    assertThat(manifest.noted()).isEqualTo(4);
    assertThat(manifest.source().settings())
        .containsEntry("damaged", "keep-prefix")
        .doesNotContainKey("stream");
    assertThat(rejections("out/train"))
        .hasSize(1)
        .anySatisfy(
            line -> assertThat(line).contains("a/header.aedat4\"").doesNotContain("keep-prefix"));
    List<String> notes =
        Files.readAllLines(folder.resolve("out/train/" + ShardManifest.NOTES_FILE));
    assertThat(notes)
        .hasSize(4)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "\"path\":\"a/cut.aedat4\"", "kept up to the damage, 400 events until "))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("a/reset.aedat4\"", "300 events", "event 100 goes back in time"))
        .anySatisfy(
            line -> assertThat(line).contains("a/back.npz\"", "300 events", "event 300: goes back"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains(
                        "a/two.aedat4\"",
                        "stream 2 is read, the lowest of the streams of events 2"));
    assertThat(decode(samples("out/train").get("a/reset")).counts())
        .isEqualTo(EventFiles.resetFree(300, FRAMES).counts());
    assertThat(new VerifyJob(spark).run(path("out/train")).problems()).isEmpty();
    // a finished conversion says the same of its shards; another choice is another conversion
    assertThat(run(kept, "in", "out", 1)).isEqualTo(manifest);
    assertThatThrownBy(() -> run(usual, "in", "out", 1))
        .hasMessageStartingWith("output holds another conversion");
    ShardManifest chosen =
        run(
            usual.withRecordings(OptionalInt.of(10), DamagedRecordings.REJECT),
            "in/a/two.aedat4",
            "ten",
            0);
    assertThat(chosen.noted()).isZero();
    assertThat(chosen.source().settings()).containsEntry("stream", "10");
    assertThat(folder.resolve("ten/train/" + ShardManifest.NOTES_FILE)).doesNotExist();
    Files.delete(folder.resolve("out/train/" + ShardManifest.NOTES_FILE));
    assertThat(new VerifyJob(spark).run(path("out/train")).problems())
        .containsExactly("_notes.jsonl: expected 4 lines, found 0");
  }

  @Test
  void ifNothingIsLeftTheFirstReasonIsSaidAndAllAreListed() throws Exception {
    put("in/action_001/notes.txt", new byte[3]);
    put("in/lost.npz", new byte[3]);
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> run(EventSettings.of(FRAMES), "in", "out", 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("no recordings: expected those that train_label.txt names")
          .hasMessageContaining(
              "; all 2 files are rejected, the first is action_001/notes.txt (expected an .aedat4")
          .message()
          .containsPattern("; see file:.*out/train/_rejected.jsonl$");
      assertThat(rejections("out/train")).hasSize(2);
    }
    put("in/action_001/cut.aedat4", Arrays.copyOf(EventFiles.aedat4(900, 1, "LZ4"), 100));
    assertThatThrownBy(() -> run(EventSettings.of(FRAMES), "in", "out", 1))
        .hasMessageContaining(
            "no sample is left: all 3 files are rejected, the first is action_001/cut.aedat4 (")
        .hasMessageContaining("_rejected.jsonl, then mend the input or choose other options");
    assertThat(rejections("out/train")).hasSize(3);
    // nothing is in the way of other options or another input
    byte[] good = EventFiles.aedat4(900, 1, "NONE");
    put("in/action_001/cut.aedat4", Arrays.copyOf(good, good.length / 2));
    assertThatThrownBy(() -> run(EventSettings.of(FRAMES), "in", "out", 1))
        .hasMessageContaining(
            "no sample is left: all 3 files are rejected, the first is action_001");
    EventSettings kept =
        EventSettings.of(FRAMES).withRecordings(OptionalInt.empty(), DamagedRecordings.KEEP_PREFIX);
    assertThat(run(kept, "in", "out", 1).accepted()).isEqualTo(1);
  }

  @Test
  void inputsThatCannotBeUsedAreRefused() throws Exception {
    put("in/action_001/a.aedat4", EventFiles.aedat4(1000, 1, "LZ4"));
    put("in/train_label.txt", text("action_001/a 0\naction_001/a 0\n"));
    assertRefused("in", "labels: ", "train_label.txt line 2: expected each recording once");
    put("bare/.notes", new byte[1]);
    assertRefused("bare", "no recordings: expected those that train_label.txt names");
    assertRefused("bare/.notes", "unknown input: expected a folder, an .aedat4 or an .npz file");
    assertRefused("absent", "missing input: expected a folder of recordings");
  }

  private void assertRefused(String input, String... parts) {
    assertThatThrownBy(() -> run(EventSettings.of(FRAMES), input, "out", 0))
        .isInstanceOf(UserException.class)
        .hasMessageContainingAll(parts);
    assertThat(folder.resolve("out/train")).doesNotExist();
  }
}
