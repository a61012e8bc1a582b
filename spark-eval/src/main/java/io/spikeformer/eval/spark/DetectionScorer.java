package io.spikeformer.eval.spark;

import io.spikeformer.common.Text;
import io.spikeformer.data.detection.IouType;
import io.spikeformer.data.spark.JobDescription;
import io.spikeformer.tasks.detection.DetectionCounts;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Compares detections with objects in a Spark job, images apart. The counts are the same for any
 * number of tasks.
 */
public final class DetectionScorer {
  /** Spark warns of tasks above 1,000 KiB. */
  private static final long TASK_BYTES = 512 << 10;

  private DetectionScorer() {}

  /**
   * Counts the detections of all images.
   *
   * @param images with different ids, at least one
   * @param classes number of classes
   * @param measure boxes or masks, which all objects and detections must have
   */
  public static DetectionCounts count(
      JavaSparkContext spark, List<ScoredImage> images, int classes, IouType measure) {
    long bytes = images.stream().mapToLong(ScoredImage::byteCount).sum();
    long wanted = Math.max(spark.defaultParallelism(), bytes / TASK_BYTES + 1);
    int tasks = (int) Math.min(images.size(), wanted);
    MemoryPreflight.BUILD.require(spark, tasks);
    JavaRDD<DetectionCounts> parts =
        spark.parallelize(images, tasks).mapPartitions(new CountTask(classes, measure));
    String text = Text.format("score %s in %d images", measure.label(), images.size());
    return JobDescription.during(
        spark, "scoring", text, () -> parts.treeReduce(DetectionScorer::merged));
  }

  private static DetectionCounts merged(DetectionCounts left, DetectionCounts right) {
    left.merge(right);
    return left;
  }

  /** Counts the images of a partition. */
  private static final class CountTask
      implements FlatMapFunction<Iterator<ScoredImage>, DetectionCounts> {
    private static final long serialVersionUID = 1;

    private final int classes;
    private final IouType measure;

    CountTask(int classes, IouType measure) {
      this.classes = classes;
      this.measure = measure;
    }

    @Override
    public Iterator<DetectionCounts> call(Iterator<ScoredImage> images) {
      DetectionCounts counts = new DetectionCounts(measure, classes);
      images.forEachRemaining(image -> counts.add(image.id(), image.objects(), image.detections()));
      return List.of(counts).iterator();
    }
  }
}
