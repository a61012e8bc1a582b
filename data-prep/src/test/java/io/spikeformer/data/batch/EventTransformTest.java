package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.FrameSplit;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventTransformTest {
  private static final int T = 3;
  private static final int H = 4;
  private static final int W = 5;
  private static final int SAMPLES = 5;

  @TempDir Path folder;

  @Test
  void aBatchHoldsOneFrameOfAllSamplesAfterTheOther() {
    ShardSet shards = write(T, H, W);
    List<SampleRef> order = new ArrayList<>();
    for (int row : new int[] {3, 0, 4, 1, 2}) {
      order.add(new SampleRef(0, row));
    }
    SampleTransform transform = new EventConfig(T, H, W, 0.25).transform();
    try (BatchReader reader =
        new BatchReader(
            new ShardCache(shards, 0),
            order,
            transform,
            TestTargets::of,
            ReadOptions.of(2, 1, 0))) {
      for (int from = 0; from < SAMPLES; from += 2) {
        Batch batch = reader.next();
        assertThat(batch.size()).isEqualTo(Math.min(2, SAMPLES - from));
        assertThat(new int[] {batch.frames(), batch.height(), batch.width(), batch.channels()})
            .containsExactly(T, H, W, 2);
        for (int b = 0; b < batch.size(); b++) {
          int row = order.get(from + b).row();
          assertThat(TestTargets.labelsOf(batch).get(b)).isEqualTo(row % 2);
          requireSample(batch, b, row);
        }
      }
      assertThat(reader.hasNext()).isFalse();
    }
  }

  private static void requireSample(Batch batch, int b, int row) {
    for (int t = 0; t < T; t++) {
      for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++) {
          for (int polarity = 0; polarity < 2; polarity++) {
            int at = ((((t * batch.size()) + b) * H + y) * W + x) * 2 + polarity;
            assertThat(batch.pixels()[at])
                .isEqualTo(0.25f * (count(row, t, polarity, y, x) & 0xff));
          }
        }
      }
    }
  }

  @Test
  void framesAreAugmentedInTrainingAndTheSameForAllTimesteps() {
    ShardCache cache = new ShardCache(write(T, H, W), 0);
    EventAugmentation flip = new EventAugmentation(1, 0, 0, 0);
    float[] plain = values(new EventConfig(T, H, W, 1), cache);
    float[] flipped = values(new EventConfig(T, H, W, 1, flip), cache);
    for (int row = 0; row < T * H; row++) {
      for (int x = 0; x < W; x++) {
        for (int polarity = 0; polarity < 2; polarity++) {
          assertThat(flipped[(row * W + x) * 2 + polarity])
              .isEqualTo(plain[(row * W + W - 1 - x) * 2 + polarity]);
        }
      }
    }
    assertThat(flipped).isNotEqualTo(plain);
  }

  private static float[] values(EventConfig config, ShardCache cache) {
    float[] values = new float[T * H * W * 2];
    DecodedContent frames = cache.content(new SampleRef(0, 1));
    config.transform().apply("k", frames, 7, values, 0, H * W * 2);
    return values;
  }

  @Test
  void splitsOfOtherFramesOrTasksAreRefusedByTheirManifest() {
    ShardSet shards = write(T, H, W);
    new EventConfig(T, H, W, 1).requireFits(shards, TruthKind.CLASS_LABEL);
    assertRefused(
        new EventConfig(2, H, W, 1), shards, "timesteps: expected recordings of 2 frames");
    assertRefused(new EventConfig(T, W, H, 1), shards, "frame size: expected 5 x 4 pixels");
    assertRefused(
        TransformConfig.evaluation(new Crop.Whole(4), PixelNormalisation.IMAGENET),
        shards,
        "shards of other samples: expected classification of images, found classification of event"
            + " frames in ");
    TestShards.write(folder.resolve("images"), 2);
    ShardSet images = ShardSet.open(folder.resolve("images").toString(), new Configuration());
    assertRefused(
        new EventConfig(T, H, W, 1),
        images,
        "shards of other samples: expected classification of event frames, found classification of"
            + " images in ");
  }

  @Test
  void objectsCannotFollowARoll() {
    SampleKind kind = new SampleKind(ContentKind.EVENTS, TruthKind.OBJECTS);
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path split = Storage.path(folder.resolve("objects").toString());
    Sample labelled = sample(0, T, H, W);
    Sample sample =
        new Sample("a", labelled.content(), new EncodedObjects(ObjectBytes.encode("a", List.of())));
    ShardWriter.Written shard =
        new ShardWriter(storage, split, kind).write(0, to -> to.accept(sample));
    write(storage, split, kind, 1, shard, options(T, H, W));
    ShardSet shards = ShardSet.open(split.toString(), new Configuration());

    new EventConfig(T, H, W, 1, new EventAugmentation(1, 2, 0, 0))
        .requireFits(shards, TruthKind.OBJECTS);
    assertThatThrownBy(
            () ->
                new EventConfig(T, H, W, 1, new EventAugmentation(0, 0, 3, 0))
                    .requireFits(shards, TruthKind.OBJECTS))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "event augmentation: expected no roll for detection of event frames")
        .hasMessageEndingWith("found 3; set data.training.events.roll=0");
  }

  private static void assertRefused(InputConfig input, ShardSet shards, String message) {
    assertThatThrownBy(() -> input.requireFits(shards, TruthKind.CLASS_LABEL))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(message)
        .hasMessageContaining(shards.location());
  }

  @Test
  void aSampleThatIsNotWhatTheManifestSaysIsNamed() {
    ShardSet shards = write(T, H, W);
    float[] out = new float[2 * H * W * 2];
    DecodedContent frames = new ShardCache(shards, 0).content(new SampleRef(0, 1));
    assertThatThrownBy(
            () ->
                new EventConfig(2, H, W, 1)
                    .transform()
                    .apply("class1/1", frames, 0, out, 0, H * W * 2))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample class1/1: expected frames [2, 2, 4, 5], found [3, 2, 4, 5]; prepare the data"
                + " again");
  }

  private static byte count(int row, int t, int polarity, int y, int x) {
    return (byte) (row * 97 + t * 41 + polarity * 29 + y * 11 + x * 3);
  }

  private static void write(
      Storage storage,
      org.apache.hadoop.fs.Path split,
      SampleKind kind,
      int samples,
      ShardWriter.Written shard,
      FrameOptions options) {
    ManifestFormat.write(
        storage,
        split,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            kind,
            "train",
            List.of("class0", "class1"),
            new ShardManifest.Source("hardvs", "file:/in", samples, 1, 0, 1, options.settings()),
            samples,
            0,
            0,
            List.of(shard.shard())));
  }

  private ShardSet write(int frames, int height, int width) {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path split = Storage.path(folder.resolve("events").toString());
    SampleKind kind = new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL);
    ShardWriter.Written shard =
        new ShardWriter(storage, split, kind)
            .write(
                0,
                sink -> {
                  for (int row = 0; row < SAMPLES; row++) {
                    sink.accept(sample(row, frames, height, width));
                  }
                });
    write(storage, split, kind, SAMPLES, shard, options(frames, height, width));
    return ShardSet.open(split.toString(), new Configuration());
  }

  private static FrameOptions options(int frames, int height, int width) {
    return new FrameOptions(frames, FrameSplit.BY_NUMBER, height, width, 255);
  }

  private static Sample sample(int row, int frames, int height, int width) {
    byte[] counts = new byte[frames * 2 * height * width];
    int at = 0;
    for (int t = 0; t < frames; t++) {
      for (int polarity = 0; polarity < 2; polarity++) {
        for (int y = 0; y < height; y++) {
          for (int x = 0; x < width; x++) {
            counts[at++] = count(row, t, polarity, y, x);
          }
        }
      }
    }
    byte[] packed = new EventFrameCodec().encode(new EventFrames(frames, height, width, counts));
    String key = Text.format("class%d/%d", row % 2, row);
    return new Sample(
        key, new EncodedFrames(packed, frames, height, width), new ClassLabel(row % 2));
  }
}
