package io.spikeformer.train.spark.averaging;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.spark.Broadcasts;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingState;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.BlockManagerId;

/**
 * The state between two rounds: the mean of the one, which the other begins with. Its slices are
 * blocks, see {@link SliceBlocks}. They stay where they were formed. The first state of a run comes
 * from the driver. An empty broadcast gives the blocks their number and takes them along when it is
 * destroyed.
 */
public final class SharedState implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<Integer> owner;
  private final SliceLayout layout;
  private final int elements;
  private final int outerElements;
  private final SliceBlocks values;
  private final SliceBlocks outer;

  /** Who has formed each slice; null for a state that comes from the driver. */
  private final Holders holders;

  private SharedState(
      Broadcast<Integer> owner,
      SliceLayout layout,
      int elements,
      int outerElements,
      Holders holders) {
    this.owner = owner;
    this.layout = layout;
    this.elements = elements;
    this.outerElements = outerElements;
    this.values = new SliceBlocks(owner.id(), "state");
    this.outer = new SliceBlocks(owner.id(), "outer");
    this.holders = holders;
  }

  /** Puts a state where every task can read it. */
  public static SharedState of(JavaSparkContext spark, SliceLayout layout, TrainingState state) {
    SharedState shared = coming(spark, layout, state.values().length, state.outer().length);
    store(shared.values, layout, state.values());
    store(shared.outer, layout, state.outer());
    return shared;
  }

  private static void store(SliceBlocks blocks, SliceLayout layout, float[] vector) {
    ByteBuffer buffer = SliceBlocks.buffer(layout.length());
    for (int index = 0; layout.length(index, vector.length) > 0; index++) {
      int count = layout.length(index, vector.length);
      buffer.clear().asFloatBuffer().put(vector, layout.from(index), count);
      blocks.put(index, buffer.position(count * Float.BYTES));
    }
  }

  /**
   * A state that is still to be formed.
   *
   * @param elements its values
   * @param outerElements values of the outer momentum that belongs to it, 0 without one
   */
  public static SharedState coming(
      JavaSparkContext spark, SliceLayout layout, int elements, int outerElements) {
    return new SharedState(spark.broadcast(elements), layout, elements, outerElements, null);
  }

  /** This state with the places of slices that were formed, the other ones as they were. */
  public SharedState formed(Collection<MeanPart> parts) {
    List<Holder> known =
        new ArrayList<>(holders == null ? Collections.nCopies(slices(), null) : holders.bySlice());
    parts.forEach(part -> known.set(part.index(), part.holder()));
    return new SharedState(owner, layout, elements, outerElements, new Holders(known));
  }

  /**
   * The slices that nobody sends to this process, or that are damaged. Those of one executor are
   * lost together: else each would be waited for.
   */
  public List<Integer> unreadable() {
    ByteBuffer buffer = SliceBlocks.buffer(layout.length());
    Set<BlockManagerId> gone = new HashSet<>();
    List<Integer> found = new ArrayList<>();
    for (int index = 0; index < slices(); index++) {
      BlockManagerId place = holders == null ? null : holders.of(index).place();
      if (gone.contains(place)
          || !isReadable(values, index, elements, buffer)
          || !isReadable(outer, index, outerElements, buffer)) {
        found.add(index);
        gone.add(place);
      }
    }
    return found;
  }

  private boolean isReadable(SliceBlocks blocks, int index, int length, ByteBuffer buffer) {
    int count = layout.length(index, length);
    try {
      if (count > 0) {
        read(blocks, index, count, buffer);
      }
      return true;
    } catch (MissingSliceException lost) {
      return false;
    }
  }

  private void read(SliceBlocks blocks, int index, int count, ByteBuffer buffer) {
    buffer.clear().limit(count * Float.BYTES);
    blocks.read(index, holders, List.of(buffer), SliceBlocks.Fetched.PASS_ON);
  }

  /** How it is cut. */
  public SliceLayout layout() {
    return layout;
  }

  /** Values of the state. */
  public int elements() {
    return elements;
  }

  /** Values of the outer momentum that belongs to it, 0 without one. */
  public int outerElements() {
    return outerElements;
  }

  public int slices() {
    return layout.count(elements);
  }

  /**
   * Copies the state into a replica.
   *
   * @param parts as long as the state
   * @param reader which of all readers this is: each begins elsewhere, so that they do not all ask
   *     the same holder
   */
  public void copyTo(StateParts parts, int reader) {
    if (parts.length() != elements) {
      throw new IllegalArgumentException(
          Text.format("training state: expected %s values, found %s", parts.length(), elements));
    }
    // later every worker has every slice, and can give it to one that begins anew
    SliceBlocks.Fetched fetched =
        holders == null ? SliceBlocks.Fetched.SHARE : SliceBlocks.Fetched.KEEP;
    int first = holders == null ? reader * 7 : reader + 1;
    for (int i = 0; i < slices(); i++) {
      int index = (i + first) % slices();
      List<Tensor> views = parts.views(layout.from(index), layout.length(index, elements));
      List<ByteBuffer> targets =
          views.stream().map(view -> view.bytes(0, view.elements())).toList();
      values.read(index, holders, targets, fetched);
    }
  }

  /**
   * A slice of the state, as part of a vector that may be longer or shorter: zeros behind its end.
   *
   * @param length values of that vector
   */
  public float[] slice(int index, int length) {
    float[] found = index < slices() ? stored(index).values() : new float[0];
    return Arrays.copyOf(found, layout.length(index, length));
  }

  /** A slice of the state that has not been read yet. */
  public Stored stored(int index) {
    return new Stored(values, holders, index, layout.length(index, elements));
  }

  /** A slice of the outer momentum; empty behind its end. */
  float[] outerSlice(int index) {
    int length = layout.length(index, outerElements);
    return length == 0 ? new float[0] : new Stored(outer, holders, index, length).values();
  }

  /** A slice where it is stored: of what refers to it Spark does not walk through the whole. */
  record Stored(SliceBlocks blocks, Holders holders, int index, int length)
      implements Serializable {
    float[] values() {
      ByteBuffer buffer = SliceBlocks.buffer(length).limit(length * Float.BYTES);
      blocks.read(index, holders, List.of(buffer), SliceBlocks.Fetched.PASS_ON);
      float[] values = new float[length];
      buffer.asFloatBuffer().get(values);
      return values;
    }
  }

  /** Stores a slice here that was just formed, with the outer momentum that belongs to it. */
  void put(int index, float[] formed, float[] momentum) {
    ByteBuffer buffer = SliceBlocks.buffer(layout.length());
    put(values, index, formed, buffer);
    if (momentum.length > 0) {
      put(outer, index, momentum, buffer);
    }
  }

  private static void put(SliceBlocks blocks, int index, float[] slice, ByteBuffer buffer) {
    buffer.clear().asFloatBuffer().put(slice);
    blocks.put(index, buffer.position(slice.length * Float.BYTES));
  }

  /**
   * A copy of the whole.
   *
   * @param step of the state
   * @throws UserException in one line if nobody sends a slice or it is damaged
   */
  public TrainingState copy(long step) {
    return new TrainingState(step, copy(values, elements), copy(outer, outerElements));
  }

  private float[] copy(SliceBlocks blocks, int length) {
    float[] vector = new float[length];
    ByteBuffer buffer = SliceBlocks.buffer(layout.length());
    for (int index = 0; layout.length(index, length) > 0; index++) {
      int count = layout.length(index, length);
      read(blocks, index, count, buffer);
      buffer.asFloatBuffer().get(vector, layout.from(index), count);
    }
    return vector;
  }

  /**
   * Takes a copy of the state from other hosts, which this process reads from then on.
   *
   * @param reader which of all readers this is
   */
  public void bring(int reader) {
    ByteBuffer buffer = SliceBlocks.buffer(layout.length());
    for (int i = 0; i < slices(); i++) {
      int index = (i + reader + 1) % slices();
      buffer.clear().limit(layout.length(index, elements) * Float.BYTES);
      values.read(index, holders, List.of(buffer), SliceBlocks.Fetched.KEEP);
    }
  }

  /** Removes everything, if Spark has not gone with it. */
  public void destroy() {
    if (SparkEnv.get() != null) {
      Broadcasts.destroy(owner);
    }
  }
}
