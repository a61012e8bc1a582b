package io.spikeformer.data.spark;

import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.DatasetSpec;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/** Conversions of annotated images on a real Spark, and their shards read back. */
abstract class DensePreparationLab extends PreparationLab {
  static final String COCO =
      """
      {"images": [{"id": 5, "file_name": "a.jpg", "height": 12, "width": 20},
                  {"id": 2, "file_name": "b.jpg", "height": 12, "width": 20},
                  {"id": 3, "file_name": "c.jpg", "height": 9, "width": 20},
                  {"id": 4, "file_name": "d.jpg", "height": 12, "width": 20}],
       "categories": [{"id": 90, "name": "dog"}, {"id": 7, "name": "cat"}],
       "annotations": [
         {"id": 1, "image_id": 5, "category_id": 90, "iscrowd": 0, "area": 20.0,
          "bbox": [2, 3, 5, 4], "segmentation": [[2, 3, 7, 3, 7, 7, 2, 7]]},
         {"id": 2, "image_id": 5, "category_id": 7, "iscrowd": 1, "area": 12.0,
          "bbox": [0, 0, 1, 12], "segmentation": {"size": [12, 20], "counts": [0, 12, 228]}}]}
      """;

  ShardManifest run(DatasetSpec spec) {
    return run(spec, "out");
  }

  ShardManifest run(DatasetSpec spec, String output) {
    PrepareOptions options =
        PrepareOptions.of(spec, path(output)).withShards(2).withMaxRejectedFraction(0.7);
    return run(options);
  }

  Map<String, Sample> samples() {
    return samples("out");
  }

  Map<String, Sample> samples(String output) {
    ShardSet set = ShardSet.open(path(output + "/train"), new Configuration());
    Map<String, Sample> samples = new TreeMap<>();
    for (int shard = 0; shard < 2; shard++) {
      set.samples(shard).forEach(sample -> samples.put(sample.key(), sample));
    }
    return samples;
  }
}
