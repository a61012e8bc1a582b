package io.spikeformer.train.spark.averaging;

import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * The values that the workers bring along from round to round, besides the state that all start
 * from.
 */
public interface WorkerMemory extends AutoCloseable {

  /** One partition for each worker, with what it has kept. */
  JavaPairRDD<Long, Slice> newest();

  /**
   * The part of a round's outcome that is averaged.
   *
   * @param trained all that the workers made of a round; remembered as far as it is to be kept
   * @param slices of a worker that are averaged
   */
  JavaPairRDD<Long, Slice> averaged(JavaPairRDD<Long, Slice> trained, int slices);

  /** A round is over. */
  void finish();

  /** The state that an earlier round began with is given up, unless what is kept needs it. */
  void release(SharedState start);

  /** Goes back to what was {@link #settle settled} last, or to the beginning. */
  void restart();

  /**
   * Writes what is kept into a folder, and goes on from there.
   *
   * @return checksums in the workers' order; empty if nothing is kept
   */
  List<Long> save(Path folder);

  /** The state that belongs to what {@link #save} wrote last is with the driver. */
  void settle();

  @Override
  void close();

  /** Workers that keep nothing. */
  record None(JavaSparkContext spark, int workers) implements WorkerMemory {
    @Override
    public JavaPairRDD<Long, Slice> newest() {
      return nothing(spark, workers);
    }

    @Override
    public JavaPairRDD<Long, Slice> averaged(JavaPairRDD<Long, Slice> trained, int slices) {
      return trained;
    }

    @Override
    public void finish() {}

    @Override
    public void release(SharedState start) {
      start.destroy();
    }

    @Override
    public void restart() {}

    @Override
    public List<Long> save(Path folder) {
      return List.of();
    }

    @Override
    public void settle() {}

    @Override
    public void close() {}
  }

  /** An empty partition for each worker. */
  static JavaPairRDD<Long, Slice> nothing(JavaSparkContext spark, int workers) {
    return spark.parallelizePairs(Collections.<Tuple2<Long, Slice>>emptyList(), workers);
  }
}
