package io.spikeformer.train.spark.averaging;

import io.spikeformer.data.spark.Broadcasts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The states of the workers where means come one round late: each trains on from its own.
 *
 * <p>An executor keeps on disk what its workers have made of the newest round, less what the mean
 * of the round before replaces ({@link io.spikeformer.train.DelayedMean}). The state that a worker
 * goes on with follows from that and that mean. What is lost with an executor is trained again from
 * the last checkpoint on, with the same bits, since a worker's part of a round is a pure function.
 * A checkpoint writes the states into one file for each worker.
 */
public final class OwnStates implements AutoCloseable {
  private final JavaSparkContext spark;
  private final int workers;
  private final WorkerFiles files;

  /** What the newest round has made; null where the states come from files or there are none. */
  private JavaRDD<Slice> trained;

  private JavaRDD<Slice> coming;
  private Correction correction;
  private JavaRDD<Slice> states;

  /** What {@link #restart} goes back to, and what {@link #save} wrote since. */
  private JavaRDD<Slice> settled;

  private JavaRDD<Slice> written;

  /** No states, before the first round. */
  public OwnStates(
      JavaSparkContext spark,
      Broadcast<SerializableConfiguration> hadoop,
      int workers,
      SliceLayout layout) {
    this.spark = spark;
    this.workers = workers;
    this.files = new WorkerFiles(hadoop, layout, 0);
    this.states = nothing();
    this.written = states;
    this.settled = states;
  }

  private JavaRDD<Slice> nothing() {
    return spark.parallelize(List.<Slice>of(), workers);
  }

  /** Goes on from what {@link #save} wrote for a checkpoint that is whole. */
  public void continueFrom(Path folder, List<Long> checksums) {
    beginFrom(folder, checksums);
    settle();
  }

  private void beginFrom(Path folder, List<Long> checksums) {
    String location = folder.toString();
    List<Long> expected = new ArrayList<>(checksums);
    WorkerFiles from = files;
    written = nothing().mapPartitions(none -> from.read(location, expected).iterator());
    states = written;
  }

  /** One partition for each worker with the slices of its state; empty before the first round. */
  public JavaRDD<Slice> states() {
    return states;
  }

  /** What makes the states from what is kept; null where they come from files or there are none. */
  public Correction correction() {
    return trained == null ? null : correction;
  }

  /** The partitions as the executors keep them. */
  public JavaRDD<Slice> kept() {
    return trained == null ? states : trained;
  }

  /**
   * A round, which is trained by the first job that reads the result.
   *
   * @param task from a worker's state to what it keeps
   */
  public JavaRDD<Slice> train(FlatMapFunction<Iterator<Slice>, Slice> task) {
    giveUp();
    coming = states.mapPartitions(task).persist(StorageLevel.DISK_ONLY());
    return coming;
  }

  /** Forgets a round that has failed. */
  public void giveUp() {
    if (coming != null) {
      Broadcasts.unpersist(coming);
      coming = null;
    }
  }

  /**
   * A round is over.
   *
   * @param byMean makes the states that the workers go on with
   */
  public void finish(Correction byMean) {
    forget();
    trained = coming;
    coming = null;
    correction = byMean;
    states = trained.mapPartitions(byMean);
  }

  /** Slices of the mean that the states follow from were formed again. */
  public void formedAgain(SharedState mean) {
    if (trained != null) {
      correction = correction.with(mean);
      states = trained.mapPartitions(correction);
    }
  }

  private void forget() {
    if (trained != null) {
      Broadcasts.unpersist(trained);
      trained = null;
    }
  }

  /**
   * Writes the states into a folder, and goes on from there.
   *
   * @return checksums in the workers' order
   */
  public List<Long> save(Path folder) {
    String location = folder.toString();
    WorkerFiles into = files;
    List<Long> checksums = states.mapPartitions(kept -> into.write(location, kept)).collect();
    forget();
    beginFrom(folder, checksums);
    return checksums;
  }

  /** The mean that belongs to what {@link #save} wrote last is with the driver. */
  public void settle() {
    settled = written;
  }

  /** Goes back to what was {@link #settle settled} last, or to the beginning. */
  public void restart() {
    close();
    written = settled;
    states = settled;
  }

  @Override
  public void close() {
    giveUp();
    forget();
  }
}
