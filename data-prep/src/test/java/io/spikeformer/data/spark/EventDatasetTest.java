package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.events.DamagedRecordings;
import io.spikeformer.data.events.EventFiles;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.FrameSplit;
import io.spikeformer.data.events.PolarityColours;
import io.spikeformer.data.events.SensorSize;
import io.spikeformer.data.events.TimeUnit;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.EventSettings;
import io.spikeformer.data.source.RecordingFormat;
import java.nio.file.Files;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Recordings of events into shards and back, on a real Spark. */
class EventDatasetTest extends EventPreparationLab {
  @Test
  void harDvsIsReadInItsThreeForms() throws Exception {
    byte[] first = EventFiles.aedat4(3000, 1, "LZ4");
    put("in/action_001/dvSave-1.aedat4", first);
    put("in/action_300/dvSave-2.npz", EventFiles.npz(2000, 2));
    for (int i = 0; i < 20; i++) {
      put("in/action_002/dvSave-3/" + i + ".png", EventFiles.picture(64, 80, i, 300));
    }
    put("in/action_002/dvSave-4.aedat4", EventFiles.aedat4(1000, 4, "ZSTD"));
    put(
        "in/train_label.txt",
        text("action_001/dvSave-1 0\naction_300/dvSave-2 299\naction_002/dvSave-3 1\n"));
    put("in/test_label.txt", text("action_002/dvSave-4 1\n"));

    ShardManifest manifest = run(EventSettings.of(FRAMES), "in", "out", 0);

    assertThat(manifest.kind())
        .isEqualTo(new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL));
    assertThat(manifest.classes()).hasSize(300).startsWith("action_001").endsWith("action_300");
    assertThat(manifest.accepted()).isEqualTo(3);
    assertThat(FrameOptions.of(manifest.source().settings())).isEqualTo(FRAMES);
    Map<String, Sample> samples = samples("out/train");
    assertThat(samples.keySet())
        .containsExactly("action_001/dvSave-1", "action_002/dvSave-3", "action_300/dvSave-2");
    assertThat(samples.values())
        .extracting(sample -> ClassLabel.of(sample.truth()))
        .containsExactly(0, 1, 299);
    assertThat(decode(samples.get("action_001/dvSave-1")))
        .usingRecursiveComparison()
        .isEqualTo(EventFiles.frames(first, FRAMES));
    byte[] same = EventFiles.aedat4(2000, 2, "NONE");
    assertThat(decode(samples.get("action_300/dvSave-2")))
        .usingRecursiveComparison()
        .isEqualTo(EventFiles.frames(same, FRAMES));
    // 20 pictures in 8 frames, in the order of their numbers: the last one shows 18 and 19
    EventFrames pictures = decode(samples.get("action_002/dvSave-3"));
    assertThat(pictures.count(0, 1, 0, 1)).isEqualTo(1);
    assertThat(pictures.count(7, 1, 0, 18)).isEqualTo(1);
    assertThat(pictures.count(7, 1, 0, 9)).isZero();
    assertThat(new VerifyJob(spark).run(path("out/train")).problems()).isEmpty();
  }

  @Test
  void foldersNamedAfterClassesDoWithoutLabels() throws Exception {
    put("in/val/wave/a.npz", EventFiles.npz(500, 1));
    put("in/val/wave/b.NPZ", EventFiles.npz(500, 2));
    put("in/val/nod/a.aedat4", EventFiles.aedat4(500, 3, "NONE"));
    put("in/val/nod/.hidden", new byte[3]);
    put("in/val/nod/notes.txt", new byte[3]);
    put("in/val/nod/twice.npz", EventFiles.npz(500, 4));
    put("in/val/nod/twice.aedat4", EventFiles.aedat4(500, 4, "NONE"));
    put("in/val/lost.npz", EventFiles.npz(500, 5));
    put("names.txt", text("Nodding\nWaving\n"));
    EventSettings settings =
        new EventSettings(
            new FrameOptions(4, FrameSplit.BY_TIME, 26, 40, 1),
            new SensorSize(260, 347),
            TimeUnit.MICROSECONDS,
            new PolarityColours(0xffffff, 0),
            RecordingFormat.ANY,
            null,
            path("names.txt"),
            OptionalInt.empty(),
            DamagedRecordings.REJECT);

    ShardManifest manifest =
        new PrepareJob(spark, PrepareListener.SILENT)
            .run(
                PrepareOptions.of(settings.toSpec(path("in"), "val"), path("out"))
                    .withShards(SHARDS)
                    .withMaxRejectedFraction(1));

    assertThat(manifest.classes()).containsExactly("Nodding", "Waving");
    assertThat(samples("out/val"))
        .containsOnlyKeys("nod/a", "wave/a", "wave/b")
        .allSatisfy(
            (key, sample) -> {
              assertThat(ClassLabel.of(sample.truth())).isEqualTo(key.startsWith("nod") ? 0 : 1);
              EventFrames frames = decode(sample);
              assertThat(frames.frames()).isEqualTo(4);
              assertThat(frames.counts()).containsOnly(0, 1);
            });
    assertThat(manifest.source().settings())
        .containsEntry("sensor", "260x347")
        .containsEntry("onColour", "ffffff")
        .containsEntry("frameSplit", "time")
        .doesNotContainKeys("timeUnit", "labels");
    assertThat(manifest.ignored()).isEqualTo(1);
    assertThat(rejections("out/val"))
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).contains("val/lost.npz", "not in a class folder"))
        .anySatisfy(line -> assertThat(line).contains("val/nod/notes.txt", "expected an .aedat4"))
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("val/nod/twice.npz\"", "[twice.aedat4, twice.npz]", "format"));
    assertThat(new VerifyJob(spark).run(path("out/val")).problems()).isEmpty();
  }

  @Test
  void aColonInANameIsAColon() throws Exception {
    put("in/train/9:00/12:30.aedat4", EventFiles.aedat4(500, 3, "LZ4"));
    for (int i = 0; i < 8; i++) {
      put("in/train/9:00/12:31/0:" + i + ".png", EventFiles.picture(64, 80, i, 300));
    }

    run(EventSettings.of(FRAMES), "in", "out", 0);

    assertThat(samples("out/train")).containsOnlyKeys("9:00/12:30", "9:00/12:31");
  }

  @Test
  void oneRecordingIsADatasetToo() throws Exception {
    put("mine/jump.aedat4", EventFiles.aedat4(500, 3, "ZSTD_HIGH"));

    ShardManifest manifest = run(EventSettings.of(FRAMES), "mine/jump.aedat4", "out", 0);

    assertThat(manifest.classes()).containsExactly("mine");
    assertThat(samples("out/train")).containsOnlyKeys("mine/jump");
  }

  @Test
  void aStoppedConversionEndsInTheSameBytes() throws Exception {
    for (int i = 0; i < 12; i++) {
      put("in/a/" + i + ".aedat4", EventFiles.aedat4(300, i, "LZ4"));
      put("in/b/" + i + ".npz", EventFiles.npz(300, 50 + i));
    }
    put("in/b/bad.npz", new byte[5]);
    run(EventSettings.of(FRAMES), "in", "whole", 1);
    run(EventSettings.of(FRAMES), "in", "again", 1);
    Files.delete(folder.resolve("again/train/" + ShardManifest.FILE));
    Files.delete(folder.resolve("again/train/part-00001.parquet"));
    ShardManifest whole = ShardSet.open(path("whole/train"), new Configuration()).manifest();
    put("again/train/_unfinished.json", text(ManifestFormat.toJson(whole.source())));

    ShardManifest manifest = run(EventSettings.of(FRAMES), "in", "again", 1);

    assertThat(manifest.accepted()).isEqualTo(24);
    for (String file : folder.resolve("whole/train").toFile().list()) {
      assertThat(Files.readAllBytes(folder.resolve("again/train").resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(folder.resolve("whole/train").resolve(file)));
    }
    assertThatThrownBy(() -> run(EventSettings.of(FrameOptions.ofSize(32, 32)), "in", "whole", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("output holds another conversion");
  }
}
