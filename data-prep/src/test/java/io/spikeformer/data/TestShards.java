package io.spikeformer.data;

import io.spikeformer.common.Text;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.conf.Configuration;

/** Small prepared splits, written by the real writer without Spark. */
public final class TestShards {
  /** Images of one class each. */
  public static final SampleKind IMAGES = new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL);

  private TestShards() {}

  /** A split of 16x16 images in two classes, with a given number of rows in each shard. */
  public static ShardManifest write(Path folder, int... rows) {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path target = Storage.path(folder.toString());
    ShardWriter writer = new ShardWriter(storage, target, IMAGES);
    List<ShardManifest.Shard> shards = new ArrayList<>();
    int accepted = 0;
    for (int shard = 0; shard < rows.length; shard++) {
      int first = accepted;
      int count = rows[shard];
      ShardWriter.Written written =
          writer.write(
              shard,
              sink -> {
                for (int i = first; i < first + count; i++) {
                  sink.accept(
                      TestImages.sample(Text.format("class%d/%d.png", i % 2, i), i % 2, 16, 16, i));
                }
              });
      shards.add(written.shard());
      accepted += count;
    }
    ShardManifest manifest =
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            IMAGES,
            "train",
            List.of("class0", "class1"),
            new ShardManifest.Source(
                "imagenet",
                "file:/input",
                accepted,
                1,
                0,
                rows.length,
                Collections.emptySortedMap()),
            accepted,
            0,
            0,
            shards);
    ManifestFormat.write(storage, target, manifest);
    return manifest;
  }
}
