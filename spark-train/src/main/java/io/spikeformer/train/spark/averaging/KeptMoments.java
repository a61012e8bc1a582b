package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.UserException;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.train.StateParts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Optimizer moments that every worker keeps to itself, always or until they are averaged again, and
 * behind them what integers have left of its differences, see {@link OwnDifferences}.
 *
 * <p>They stay on the executors as persisted partitions whose lineage reaches back to the last
 * checkpoint. A lost partition is computed again from there, round by round. The bits are the same,
 * since a worker's part of a round is a pure function. For that the state that each of these rounds
 * began with stays on the executors, on disk. A checkpoint writes the moments into one file for
 * each worker, and the lineage begins anew there.
 */
public final class KeptMoments implements WorkerMemory {
  private final JavaSparkContext spark;
  private final int workers;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final SliceLayout layout;
  private final List<SharedState> starts = new ArrayList<>();
  private JavaPairRDD<Long, Slice> before;
  private JavaPairRDD<Long, Slice> newest;
  private JavaPairRDD<Long, Slice> coming;

  /** Slices of the newest round that were averaged: what is kept is numbered behind them. */
  private int averagedSlices;

  private int comingSlices;

  /** What {@link #restart} goes back to, and what {@link #save} wrote since. */
  private Written settled;

  private Written written;

  /**
   * Moments of zero, before the first round.
   *
   * @param layout how states are cut
   * @param averagedValues values of the state that all workers begin with
   */
  public KeptMoments(
      JavaSparkContext spark,
      Broadcast<SerializableConfiguration> hadoop,
      int workers,
      SliceLayout layout,
      int averagedValues) {
    this.spark = spark;
    this.workers = workers;
    this.hadoop = hadoop;
    this.layout = layout;
    this.averagedSlices = layout.count(averagedValues);
    begin(WorkerMemory.nothing(spark, workers));
    settle();
  }

  /**
   * What a checkpoint has.
   *
   * @param kept slices of each worker
   * @param averagedSlices they are numbered behind those
   */
  private record Written(JavaPairRDD<Long, Slice> kept, int averagedSlices) {}

  private void begin(JavaPairRDD<Long, Slice> kept) {
    newest = kept;
    written = new Written(kept, averagedSlices);
  }

  /** Goes on from what {@link #save} wrote for a checkpoint that is whole. */
  public void continueFrom(Path folder, List<Long> checksums) {
    beginFrom(folder, checksums);
    settle();
  }

  private void beginFrom(Path folder, List<Long> checksums) {
    String location = folder.toString();
    List<Long> expected = new ArrayList<>(checksums);
    WorkerFiles from = new WorkerFiles(hadoop, layout, averagedSlices);
    begin(
        WorkerMemory.nothing(spark, workers)
            .mapPartitionsToPair(nothing -> keyed(from.read(location, expected))));
  }

  private static Iterator<Tuple2<Long, Slice>> keyed(List<Slice> slices) {
    return slices.stream().map(slice -> new Tuple2<>((long) slice.index(), slice)).iterator();
  }

  private static Iterator<Slice> slices(Iterator<Tuple2<Long, Slice>> keyed) {
    Iterable<Tuple2<Long, Slice>> all = () -> keyed;
    return StreamSupport.stream(all.spliterator(), false).map(Tuple2::_2).iterator();
  }

  @Override
  public JavaPairRDD<Long, Slice> newest() {
    return newest;
  }

  @Override
  public JavaPairRDD<Long, Slice> averaged(JavaPairRDD<Long, Slice> trained, int slices) {
    if (coming != null && coming != newest) {
      // of an attempt that has failed
      coming.unpersist();
    }
    coming = trained.persist(StorageLevel.MEMORY_AND_DISK());
    comingSlices = slices;
    return coming.filter(part -> part._2().index() < slices);
  }

  @Override
  public void finish() {
    forget();
    before = newest;
    newest = coming;
    averagedSlices = comingSlices;
  }

  @Override
  public void release(SharedState start) {
    starts.add(start);
    forget();
  }

  private void forget() {
    if (before != null) {
      before.unpersist();
    }
  }

  @Override
  public void restart() {
    close();
    averagedSlices = settled.averagedSlices();
    begin(settled.kept());
  }

  @Override
  public List<Long> save(Path folder) {
    String location = folder.toString();
    WorkerFiles into = new WorkerFiles(hadoop, layout, averagedSlices);
    List<Long> checksums =
        newest.mapPartitions(kept -> into.write(location, slices(kept))).collect();
    close();
    beginFrom(folder, checksums);
    return checksums;
  }

  @Override
  public void settle() {
    settled = written;
  }

  @Override
  public void close() {
    Broadcasts.unpersist(newest);
    starts.forEach(SharedState::destroy);
    starts.clear();
  }

  /**
   * A worker's kept slices as one vector.
   *
   * @param kept all slices of the worker, in order; those that are averaged are passed over
   * @throws UserException with the worker's reason if it has failed where they come from
   */
  public static float[] join(Iterator<Tuple2<Long, Slice>> kept, int averagedSlices) {
    return joined(slices(kept), averagedSlices);
  }

  static float[] joined(Iterator<Slice> kept, int averagedSlices) {
    List<float[]> parts = new ArrayList<>();
    int length = 0;
    while (kept.hasNext()) {
      Slice slice = kept.next();
      for (WorkerReport report : slice.reports()) {
        if (report.failed()) {
          throw new UserException(report.failure());
        }
      }
      if (slice.index() >= averagedSlices) {
        float[] values = ((Payload.Floats) slice.payload()).values();
        parts.add(values);
        length += values.length;
      }
    }
    float[] whole = new float[length];
    int offset = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, whole, offset, part.length);
      offset += part.length;
    }
    return whole;
  }

  /** The moments of a replica as slices that are numbered behind the averaged ones. */
  public static List<Slice> cut(StateParts moments, SliceLayout layout, int averagedSlices) {
    List<Slice> slices = new ArrayList<>();
    for (long from = 0; from < moments.length(); from += layout.length()) {
      float[] part = moments.copy(from, (int) Math.min(moments.length() - from, layout.length()));
      slices.add(new Slice(averagedSlices + slices.size(), 0, part, List.of()));
    }
    return slices;
  }

  /** What a worker keeps as slices that are numbered from a number on. */
  public static List<Slice> cut(float[] kept, SliceLayout layout, int first) {
    List<Slice> slices = new ArrayList<>();
    for (int from = 0; from < kept.length; from += layout.length()) {
      int end = Math.min(kept.length, from + layout.length());
      float[] part = Arrays.copyOfRange(kept, from, end);
      slices.add(new Slice(first + slices.size(), 0, part, List.of()));
    }
    return slices;
  }
}
