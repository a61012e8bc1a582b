package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.Text;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.train.StateParts;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The state that a round begins with, as every worker reads it, and the mean that comes out of it,
 * as the driver reads it: slices in blocks, see {@link SliceBlocks}. An empty broadcast gives the
 * blocks their number and takes them along when it is destroyed.
 */
public final class SharedState implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Integer> length;
  private final int elements;
  private final SliceBlocks start;
  private final SliceBlocks mean;

  private SharedState(Broadcast<Integer> length, int elements) {
    this.length = length;
    this.elements = elements;
    this.start = new SliceBlocks(length.id(), "start");
    this.mean = new SliceBlocks(length.id(), "mean");
  }

  /** Puts a state where every task can read it. */
  public static SharedState of(JavaSparkContext spark, float[] values) {
    SharedState shared = new SharedState(spark.broadcast(values.length), values.length);
    ByteBuffer buffer = SliceBlocks.buffer();
    for (int index = 0; index < shared.slices(); index++) {
      buffer.clear();
      int count = Slice.length(index, values.length);
      buffer.asFloatBuffer().put(values, index * Slice.LENGTH, count);
      shared.start.put(index, buffer.position(count * Float.BYTES));
    }
    return shared;
  }

  /** Values of the state. */
  public int elements() {
    return elements;
  }

  public int slices() {
    return Slice.count(elements);
  }

  /**
   * Copies the state into a replica.
   *
   * @param parts as long as the state
   * @param reader which of all readers this is: each begins elsewhere, so that they can have the
   *     blocks from each other
   */
  public void copyTo(StateParts parts, int reader) {
    if (parts.length() != elements) {
      throw new IllegalArgumentException(
          Text.format("training state: expected %s values, found %s", parts.length(), elements));
    }
    for (int i = 0; i < slices(); i++) {
      int index = (i + reader * 7) % slices();
      List<Tensor> views = parts.views((long) index * Slice.LENGTH, Slice.length(index, elements));
      start.read(index, views.stream().map(view -> view.bytes(0, view.elements())).toList());
    }
  }

  /**
   * A slice of the state, as part of a vector that may be longer or shorter: zeros behind its end.
   *
   * @param length values of that vector
   */
  public float[] slice(int index, int length) {
    float[] values = index < slices() ? stored(index).values() : new float[0];
    return Arrays.copyOf(values, Slice.length(index, length));
  }

  /** A slice of the state that has not been read yet. */
  public Stored stored(int index) {
    return new Stored(start, index, Slice.length(index, elements));
  }

  /** A slice where it is stored: of what refers to it Spark does not walk through the whole. */
  record Stored(SliceBlocks blocks, int index, int length) implements Serializable {
    float[] values() {
      ByteBuffer buffer = SliceBlocks.buffer().limit(length * Float.BYTES);
      blocks.read(index, List.of(buffer));
      float[] values = new float[length];
      buffer.asFloatBuffer().get(values);
      return values;
    }
  }

  /** Where the mean of the round lies. */
  public SliceBlocks mean() {
    return mean;
  }

  /** Removes what the executors hold; the driver keeps the state. */
  void unpersist() {
    length.unpersist();
  }

  /** Removes everything, if Spark has not gone with it. */
  void destroy() {
    if (SparkEnv.get() != null) {
      Broadcasts.destroy(length);
    }
  }
}
