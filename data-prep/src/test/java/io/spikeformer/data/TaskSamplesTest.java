package io.spikeformer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import io.spikeformer.data.sample.Task;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskSamplesTest {
  private static final EncodedImage IMAGE =
      new EncodedImage(new byte[] {1, 2, 3}, ImageEncoding.PNG, 4, 5);

  private final Storage storage = new Storage(new Configuration());
  @TempDir Path folder;

  @Test
  void everyTaskGivesBackWhatWasWritten() {
    for (Sample sample :
        List.of(
            new ImageSample("a/1", 1, new byte[] {9}, ImageEncoding.JPEG, 2, 3),
            new DetectionSample("7.jpg", IMAGE, new byte[] {4, 5}),
            new SegmentationSample("8", IMAGE, new byte[] {6}),
            new EventSample("b/2", 0, new byte[] {7, 8}, 8, 30, 40))) {
      assertThat(roundTrip(sample)).usingRecursiveComparison().isEqualTo(sample);
    }
  }

  @Test
  void aShardHoldsSamplesOfItsTaskOnly() {
    ShardWriter writer =
        new ShardWriter(storage, Storage.path(folder.toString()), Task.SEGMENTATION);

    assertThatThrownBy(
            () ->
                writer.write(0, sink -> sink.accept(new DetectionSample("7", IMAGE, new byte[1]))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shard of task segmentation: found sample 7 of task detection");
    assertThat(folder).isEmptyDirectory();
  }

  private Sample roundTrip(Sample sample) {
    org.apache.hadoop.fs.Path split = Storage.path(folder.resolve(sample.task().id()).toString());
    ShardWriter writer = new ShardWriter(storage, split, sample.task());
    ShardWriter.Written shard = writer.write(0, sink -> sink.accept(sample));
    assertThat(writer.existing(0).shard()).isEqualTo(shard.shard());
    ManifestFormat.write(
        storage,
        split,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            sample.task(),
            "train",
            List.of("a", "b"),
            new ShardManifest.Source("test", "file:/in", 1, 1, 0, 1, Collections.emptySortedMap()),
            1,
            0,
            0,
            List.of(shard.shard())));
    ShardSet set = ShardSet.open(split.toString(), new Configuration());
    assertThat(set.manifest().task()).isEqualTo(sample.task());
    return set.samples(0).get(0);
  }
}
