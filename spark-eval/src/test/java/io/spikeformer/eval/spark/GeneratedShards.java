package io.spikeformer.eval.spark;

import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.Truth;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.hadoop.conf.Configuration;

/** A prepared split of seeded noise, written by the real writer. */
final class GeneratedShards {
  private GeneratedShards() {}

  /** Square images with labels in turn; one shard for each given number of rows. */
  static void write(Path folder, int size, List<String> classes, int... rows) {
    write(folder, size, classes, i -> new ClassLabel(i % classes.size()), rows);
  }

  /**
   * Square images; one shard for each given number of rows.
   *
   * @param truths of the samples by their numbers
   */
  static void write(
      Path folder, int size, List<String> classes, IntFunction<Truth> truths, int... rows) {
    SampleKind kind = new SampleKind(ContentKind.IMAGE, truths.apply(0).kind());
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path target = Storage.path(folder.toString());
    ShardWriter writer = new ShardWriter(storage, target, kind);
    List<ShardManifest.Shard> shards = new ArrayList<>();
    int first = 0;
    for (int shard = 0; shard < rows.length; shard++) {
      int from = first;
      int to = first + rows[shard];
      ShardWriter.Samples samples =
          sink -> {
            for (int i = from; i < to; i++) {
              sink.accept(sample(i, size, classes, truths.apply(i)));
            }
          };
      shards.add(writer.write(shard, samples).shard());
      first = to;
    }
    ShardManifest.Source source =
        new ShardManifest.Source(
            "imagenet", "file:/generated", first, 1, 0, rows.length, Collections.emptySortedMap());
    ManifestFormat.write(
        storage,
        target,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION, kind, "test", classes, source, first, 0, 0, shards));
  }

  private static Sample sample(int index, int size, List<String> classes, Truth truth) {
    byte[] pixels = new byte[size * size * RgbImage.CHANNELS];
    new Random(index).nextBytes(pixels);
    byte[] png = new ImageCodec().encode(new RgbImage(size, size, pixels), ImageEncoding.PNG);
    String key = classes.get(index % classes.size()) + "/" + index + ".png";
    return new Sample(key, new EncodedImage(png, ImageEncoding.PNG, size, size), truth);
  }
}
