package io.spikeformer.data.spark;

import io.spikeformer.data.events.EventFrameCodec;
import io.spikeformer.data.events.EventFrames;
import io.spikeformer.data.events.FrameOptions;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.EventSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** Conversions of event recordings on a real Spark, and their shards read back. */
abstract class EventPreparationLab extends PreparationLab {
  static final FrameOptions FRAMES = FrameOptions.ofSize(64, 80);
  static final int SHARDS = 2;

  ShardManifest run(EventSettings settings, String input, String output, double rejected) {
    PrepareOptions options =
        PrepareOptions.of(settings.toSpec(path(input), "train"), path(output))
            .withShards(SHARDS)
            .withMaxRejectedFraction(rejected);
    return run(options);
  }

  Map<String, Sample> samples(String split) {
    ShardSet set = ShardSet.open(path(split), new Configuration());
    Map<String, Sample> samples = new TreeMap<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      for (Sample sample : set.samples(shard)) {
        samples.put(sample.key(), (Sample) sample);
      }
    }
    return samples;
  }

  static EventFrames decode(Sample sample) {
    return new EventFrameCodec().decode(((EncodedFrames) sample.content()).bytes());
  }

  String[] rejections(String split) throws IOException {
    return Files.readAllLines(folder.resolve(split).resolve(ShardManifest.REJECTED_FILE))
        .toArray(String[]::new);
  }

  static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
