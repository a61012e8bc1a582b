package io.spikeformer.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.TestImages;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.FrameSplit;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardCheckTest {
  private static final byte[] PNG = TestImages.png(6, 8, 1);

  private final SortedMap<String, String> settings = new TreeMap<>();
  @TempDir Path folder;

  @Test
  void nothingIsWrongWithGoodImages() {
    assertThat(
            check(
                new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL),
                image("a/1", 1, PNG, 6, 8),
                image("b/1", 0, PNG, 6, 8)))
        .isEmpty();
  }

  @Test
  void everyFaultOfAnImageIsNamedWithItsPlace() {
    byte[] cut = Arrays.copyOf(PNG, PNG.length - 9);
    assertThat(
            check(
                new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL),
                image("a/1", 2, PNG, 6, 8),
                image("a/2", 0, cut, 6, 8),
                image("a/3", 0, PNG, 8, 6),
                image("a/3", 0, PNG, 6, 8),
                new Sample(
                    "a/4", new EncodedImage(PNG, ImageEncoding.JPEG, 6, 8), new ClassLabel(0))))
        .satisfiesExactly(
            p ->
                assertThat(p)
                    .isEqualTo(
                        "part-00000.parquet row 0, a/1: label: expected less than 2, found 2"),
            p -> assertThat(p).contains("row 1, a/2: ", "PNG"),
            p -> assertThat(p).endsWith("image: expected 8 x 6 pixels, found 6 x 8"),
            p -> assertThat(p).endsWith("row 3, a/3: a second sample of the same key"),
            p -> assertThat(p).endsWith("encoding: expected jpeg, found png"));
  }

  @Test
  void labelMapsHoldClassesOrNothing() {
    EncodedImage image = new EncodedImage(PNG, ImageEncoding.PNG, 6, 8);
    assertThat(
            check(
                new SampleKind(ContentKind.IMAGE, TruthKind.LABEL_MAP),
                new Sample("1", image, new EncodedLabelMap(TestImages.grey(6, 8, 1))),
                new Sample("2", image, new EncodedLabelMap(TestImages.grey(6, 8, 255))),
                new Sample("3", image, new EncodedLabelMap(TestImages.grey(6, 8, 2))),
                new Sample("4", image, new EncodedLabelMap(TestImages.grey(5, 8, 0)))))
        .satisfiesExactly(
            p -> assertThat(p).endsWith("3: label map: expected classes below 2 or 255, found 2"),
            p -> assertThat(p).endsWith("4: label map: expected 6 x 8 pixels, found 5 x 8"));
  }

  @Test
  void framesOfEventsAreDecodedAndComparedWithWhatIsStated() {
    byte[] counts = new byte[2 * 2 * 4 * 5];
    counts[7] = 3;
    byte[] good = new EventFrameCodec().encode(new EventFrames(2, 4, 5, counts.clone()));
    counts[8] = 4;
    byte[] many = new EventFrameCodec().encode(new EventFrames(2, 4, 5, counts.clone()));
    byte[] other = new EventFrameCodec().encode(new EventFrames(2, 5, 4, counts.clone()));
    byte[] damaged = good.clone();
    damaged[12] ^= 0x55;
    settings.putAll(new FrameOptions(2, FrameSplit.BY_TIME, 4, 5, 3).settings());
    assertThat(
            check(
                new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL),
                new Sample("a/1", new EncodedFrames(good, 2, 4, 5), new ClassLabel(0)),
                new Sample("a/2", new EncodedFrames(good, 2, 4, 5), new ClassLabel(2)),
                new Sample("a/3", new EncodedFrames(damaged, 2, 4, 5), new ClassLabel(0)),
                new Sample("a/4", new EncodedFrames(good, 2, 5, 4), new ClassLabel(0)),
                new Sample("a/5", new EncodedFrames(other, 2, 5, 4), new ClassLabel(0)),
                new Sample("a/6", new EncodedFrames(many, 2, 4, 5), new ClassLabel(0))))
        .satisfiesExactly(
            p -> assertThat(p).endsWith("row 1, a/2: label: expected less than 2, found 2"),
            p -> assertThat(p).contains("a/3: event frames [2, 2, 4, 5]: expected their checksum"),
            p ->
                assertThat(p)
                    .endsWith(
                        "a/4: event frames: expected [2, 2, 5, 4] as in the columns, found"
                            + " [2, 2, 4, 5]"),
            p -> assertThat(p).contains("a/5: ", "[2, 2, 4, 5] as in the manifest"),
            p -> assertThat(p).endsWith("a/6: event frames: expected counts up to 3, found 4"));
  }

  private List<String> check(SampleKind kind, Sample... samples) {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path split = Storage.path(folder.toString());
    ShardWriter.Written shard =
        new ShardWriter(storage, split, kind)
            .write(
                0,
                sink -> {
                  for (Sample sample : samples) {
                    sink.accept(sample);
                  }
                });
    ManifestFormat.write(
        storage,
        split,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            kind,
            "train",
            List.of("a", "b"),
            new ShardManifest.Source("test", "file:/in", 1, 1, 0, 1, settings),
            samples.length,
            0,
            0,
            List.of(shard.shard())));
    return new ShardCheck(ShardSet.open(split.toString(), new Configuration())).check(0).problems();
  }

  private static Sample image(String key, int label, byte[] bytes, int height, int width) {
    return new Sample(
        key, new EncodedImage(bytes, ImageEncoding.PNG, height, width), new ClassLabel(label));
  }
}
