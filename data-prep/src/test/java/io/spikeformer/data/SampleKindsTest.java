package io.spikeformer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.column.SampleFacts;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.events.FrameSplit;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.preview.SamplePainter;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.Content;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardCheck;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleKindsTest {
  private static final EncodedImage IMAGE =
      new EncodedImage(new byte[] {1, 2, 3}, ImageEncoding.PNG, 4, 5);

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void everyKindGivesBackWhatWasWritten() {
    for (Sample sample :
        List.of(
            new Sample(
                "a/1",
                new EncodedImage(new byte[] {9}, ImageEncoding.JPEG, 2, 3),
                new ClassLabel(1)),
            new Sample("7.jpg", IMAGE, new EncodedObjects(new byte[] {4, 5})),
            new Sample("8", IMAGE, new EncodedLabelMap(new byte[] {6})),
            new Sample(
                "b/2", new EncodedFrames(new byte[] {7, 8}, 8, 30, 40), new ClassLabel(0)))) {
      assertThat(roundTrip(sample)).usingRecursiveComparison().isEqualTo(sample);
    }
  }

  /** Changes only with the format, Parquet or zstd: earlier builds wrote these bytes. */
  @ParameterizedTest
  @CsvSource({
    "OBJECTS, IMAGE, 01e92913cd0d9aa1ebd282cab9ec7a408ce57d0fb0c91460d0ae1b040a6cf7f8",
    "LABEL_MAP, IMAGE, 0d85a408da7d5decc4e6cc5ce0d8c884c0e59976c9c51d6d49cc58a90b654ec3",
    "CLASS_LABEL, EVENTS, d436ba33d91ede8db01cab3f47facb209acbcf7aacfeb8963abac7433657bcde"
  })
  void theSameSamplesGiveTheSameBytes(TruthKind truth, ContentKind content, String sha256) {
    SampleKind kind = new SampleKind(content, truth);
    assertThat(written(SampleColumns.of(kind), i -> numbered(kind, i))).isEqualTo(sha256);
  }

  @Test
  void theSameLogitsGiveTheSameBytes() {
    SampleKind kind = new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL);
    SampleColumns columns = new SampleColumns(kind, 2);
    assertThat(written(columns, i -> numbered(kind, i).withLogits(new float[] {i, -i})))
        .isEqualTo("5ba21c75b301492d44db2d8f19d7040b473eb02a34994fc736e0c69aafdadfff");
  }

  private String written(SampleColumns columns, IntFunction<Sample> samples) {
    return new ShardWriter(storage, Storage.path(folder.toString()), columns)
        .write(
            0,
            sink -> {
              for (int i = 0; i < 100; i++) {
                sink.accept(samples.apply(i));
              }
            })
        .shard()
        .sha256();
  }

  private static Sample numbered(SampleKind kind, int i) {
    Content content =
        kind.content() == ContentKind.IMAGE
            ? new EncodedImage(bytes("image", i), ImageEncoding.PNG, 9, i + 1)
            : new EncodedFrames(bytes("frames", i), 3, 9, i + 1);
    Truth truth =
        switch (kind.truth()) {
          case CLASS_LABEL -> new ClassLabel(i % 7);
          case OBJECTS -> new EncodedObjects(bytes("truth", i));
          case LABEL_MAP -> new EncodedLabelMap(bytes("truth", i));
        };
    return new Sample("k" + i, content, truth);
  }

  private static byte[] bytes(String text, int i) {
    return (text + " " + i).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void objectsOnEventFramesCostOneLine() {
    SampleKind kind = new SampleKind(ContentKind.EVENTS, TruthKind.OBJECTS);

    Rle mask = Rle.ofCounts(4, 5, 6, 2, 12);
    DetectedObject object =
        new DetectedObject(3, 1, ObjectKind.INSTANCE, new Rect(1, 2, 1, 2), 2, mask);
    EventFrames frames = new EventFrames(2, 4, 5, new byte[2 * 2 * 4 * 5]);
    Sample sample =
        new Sample(
            "a",
            new EncodedFrames(new EventFrameCodec().encode(frames), 2, 4, 5),
            new EncodedObjects(ObjectBytes.encode("a", List.of(object))));
    assertThat(sample.kind()).isEqualTo(kind);
    ShardSet split = split(sample);

    assertThat(split.manifest().kind()).isEqualTo(kind);
    assertThat(split.samples(0).get(0)).usingRecursiveComparison().isEqualTo(sample);
    assertThat(new ShardCheck(split).check(0).problems()).isEmpty();
    split.require(kind);
    assertThat(new SampleFacts(split.manifest().facts()).words(split.samples(0).get(0)))
        .isEqualTo("2 frames of 4 x 5, 1 objects: b");
    SamplePainter painter = new SamplePainter(split.manifest().classes());
    assertThat(painter.draw(sample)).isNotEqualTo(painter.draw(classOf(sample)));
    assertThat(painter.sheet(List.of(sample))).isNotEmpty();
  }

  private static Sample classOf(Sample sample) {
    return new Sample("a", sample.content(), new ClassLabel(0));
  }

  @Test
  void aShardHoldsSamplesOfItsKindOnly() {
    ShardWriter writer =
        new ShardWriter(
            storage,
            Storage.path(folder.toString()),
            new SampleKind(ContentKind.IMAGE, TruthKind.LABEL_MAP));

    assertThatThrownBy(
            () ->
                writer.write(
                    0,
                    sink -> sink.accept(new Sample("7", IMAGE, new EncodedObjects(new byte[1])))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "shard of samples for segmentation of images: found sample 7 for detection of images");
    assertThat(folder).isEmptyDirectory();
  }

  private Sample roundTrip(Sample sample) {
    return split(sample).samples(0).get(0);
  }

  private ShardSet split(Sample sample) {
    org.apache.hadoop.fs.Path split = Storage.path(folder.resolve(sample.kind().text()).toString());
    ShardWriter writer = new ShardWriter(storage, split, sample.kind());
    ShardWriter.Written shard = writer.write(0, sink -> sink.accept(sample));
    assertThat(writer.existing(0).shard()).isEqualTo(shard.shard());
    FrameOptions frames = new FrameOptions(2, FrameSplit.BY_NUMBER, 4, 5, 255);
    ManifestFormat.write(
        storage,
        split,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            sample.kind(),
            "train",
            List.of("a", "b"),
            new ShardManifest.Source("test", "file:/in", 1, 1, 0, 1, frames.settings()),
            1,
            0,
            0,
            List.of(shard.shard())));
    ShardSet set = ShardSet.open(split.toString(), new Configuration());
    assertThat(set.manifest().kind()).isEqualTo(sample.kind());
    return set;
  }
}
