package io.spikeformer.eval.spark;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.CocoCategories;
import io.spikeformer.data.detection.CocoDataset;
import io.spikeformer.data.detection.CocoImage;
import io.spikeformer.data.detection.CocoImageIds;
import io.spikeformer.data.detection.CocoIndex;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.data.spark.JobDescription;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The objects of a split, with the ids by which COCO's results name images and categories.
 *
 * @param index of all images and categories
 * @param images with their objects and without detections, by id
 */
public record DetectionTruth(CocoIndex index, Map<Long, ScoredImage> images) {
  private static final SampleKind KIND = new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS);

  /** Checks that there are images. */
  public DetectionTruth {
    if (images.isEmpty()) {
      throw new UserException("%s: expected images, found none", index.file());
    }
  }

  /**
   * The objects of an annotation file.
   *
   * @throws UserException if one of them cannot be used, or there is no image
   */
  public static DetectionTruth of(CocoDataset dataset) {
    if (!dataset.rejected().isEmpty()) {
      Rejection first = dataset.rejected().get(0);
      throw new UserException(
          "%s: expected annotations that can be used, found %d images or annotations that cannot;"
              + " the first is %s: %s",
          dataset.index().file(), dataset.rejected().size(), first.path(), first.reason());
    }
    Map<Long, ScoredImage> images = new LinkedHashMap<>();
    for (CocoImage image : dataset.images()) {
      images.put(image.id(), ScoredImage.of(image, dataset.objectBytes(image)));
    }
    return new DetectionTruth(dataset.index(), images);
  }

  /**
   * Checks that a prepared split has objects of COCO's classes, whose ids are known.
   *
   * @throws UserException in one line otherwise
   */
  public static void requireUsable(String data, Configuration hadoop) {
    ShardSet shards = ShardSet.open(data, hadoop);
    shards.require(KIND);
    List<String> found = shards.manifest().classes();
    if (!found.equals(CocoCategories.names())) {
      throw new UserException(
          "%s: expected COCO's %d classes, since shards have no category_id, found %d others;"
              + " give --annotations instead",
          shards.location(), CocoCategories.names().size(), found.size());
    }
  }

  /**
   * The objects of a prepared split, read by a Spark job.
   *
   * @param data that {@link #requireUsable} accepts
   * @throws UserException if an image's file name has not its id
   */
  public static DetectionTruth read(JavaSparkContext spark, String data) {
    ShardSet shards = ShardSet.open(data, spark.hadoopConfiguration());
    List<Integer> all = IntStream.range(0, shards.manifest().shards().size()).boxed().toList();
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    try {
      JavaRDD<ScoredImage> images =
          spark
              .parallelize(all, all.size())
              .flatMap(
                  shard ->
                      ShardSet.open(data, hadoop.value().value()).samples(shard).stream()
                          .map(sample -> image(sample, data))
                          .iterator());
      String text = Text.format("read the objects of %s", shards.location());
      return of(shards, JobDescription.during(spark, "scoring", text, images::collect));
    } finally {
      Broadcasts.destroy(hadoop);
    }
  }

  private static ScoredImage image(Sample sample, String data) {
    long id =
        CocoImageIds.ofName(sample.key())
            .orElseThrow(
                () ->
                    new UserException(
                        "%s: expected images named by their ids, such as 000000397133.jpg, found"
                            + " %s; give --annotations instead",
                        data, sample.key()));
    CocoImage image =
        new CocoImage(id, sample.key(), sample.content().height(), sample.content().width());
    return ScoredImage.of(image, ((EncodedObjects) sample.truth()).bytes());
  }

  private static DetectionTruth of(ShardSet shards, List<ScoredImage> found) {
    TreeMap<Long, String> categories = new TreeMap<>();
    for (int label = 0; label < CocoCategories.names().size(); label++) {
      categories.put(CocoCategories.id(label), CocoCategories.names().get(label));
    }
    Map<Long, ScoredImage> images = new TreeMap<>();
    found.forEach(image -> images.put(image.id(), image));
    List<CocoImage> listed = found.stream().map(ScoredImage::image).toList();
    return new DetectionTruth(new CocoIndex(shards.location(), categories, listed), images);
  }
}
