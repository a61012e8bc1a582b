package io.spikeformer.data.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** Folders of small images, and what became of them. */
abstract class ImagePreparationLab extends PreparationLab {
  static final int SHARDS = 8;

  final PrepareOptions options() {
    return options("out");
  }

  final PrepareOptions options(String output) {
    return PrepareOptions.of(path("in"), path(output), "train").withShards(SHARDS);
  }

  /** Three classes in turn; a few different pictures are enough. */
  final Map<String, byte[]> putImages(String root, int count) throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = Text.format("class%d/%04d.jpg", i % 3, i);
      images.put(key, TestImages.jpeg(12, 20, i % 40));
      put(root + "/" + key, images.get(key));
    }
    return images;
  }

  /** Five that are rejected, one hidden, and one that only has the wrong name. */
  final void putBadFiles() throws IOException {
    byte[] jpeg = TestImages.jpeg(12, 20, 1);
    put("in/train/class0/empty.jpg", new byte[0]);
    put("in/train/class0/text.jpg", "not an image".getBytes(StandardCharsets.UTF_8));
    put("in/train/class0/truncated.jpg", Arrays.copyOf(jpeg, jpeg.length - 30));
    put("in/train/class0/huge.png", TestImages.png(30_000, 1, 1));
    put("in/train/class0/misnamed.jpg", TestImages.png(12, 20, 1));
    put("in/train/class0/.DS_Store", new byte[5]);
    put("in/train/readme.txt", new byte[5]);
  }

  final List<Sample> readAll(String split) {
    ShardSet set = ShardSet.open(path(split), new Configuration());
    List<Sample> samples = new ArrayList<>();
    for (int shard = 0; shard < set.manifest().shards().size(); shard++) {
      samples.addAll(set.samples(shard));
    }
    return samples;
  }

  final TreeMap<String, byte[]> shards(String split) throws IOException {
    TreeMap<String, byte[]> shards = new TreeMap<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Path file = folder.resolve(split).resolve(Text.format("part-%05d.parquet", shard));
      if (Files.exists(file)) {
        shards.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return shards;
  }
}
