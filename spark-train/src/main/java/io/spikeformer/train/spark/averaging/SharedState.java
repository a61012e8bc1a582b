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
  private final DifferenceCoding coding;
  private final int elements;
  private final int outerElements;
  private final SliceBlocks values;
  private final SliceBlocks outer;
  private final SliceBlocks rest;

  /** Who has formed each slice; null for a state that comes from the driver. */
  private final Holders holders;

  /** How it differs from the state before; null where the differences are not kept. */
  private final StateDifferences differences;

  private SharedState(
      Broadcast<Integer> owner,
      SliceLayout layout,
      DifferenceCoding coding,
      int elements,
      int outerElements,
      Holders holders,
      StateDifferences differences) {
    this.owner = owner;
    this.layout = layout;
    this.coding = coding;
    this.elements = elements;
    this.outerElements = outerElements;
    this.values = new SliceBlocks(owner.id(), "state");
    this.outer = new SliceBlocks(owner.id(), "outer");
    this.rest = new SliceBlocks(owner.id(), "rest");
    this.holders = holders;
    this.differences = differences;
  }

  /**
   * Puts a state where every task can read it.
   *
   * @param coding of differences between this state and what follows; null if values travel
   */
  public static SharedState of(
      JavaSparkContext spark, SliceLayout layout, DifferenceCoding coding, TrainingState state) {
    int elements = state.values().length;
    SharedState shared =
        new SharedState(
            spark.broadcast(elements), layout, coding, elements, state.outer().length, null, null);
    store(shared.values, layout, state.values());
    store(shared.outer, layout, state.outer());
    store(shared.rest, layout, state.rest());
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
   * The state that a round which begins with this one ends with, still to be formed.
   *
   * @param length its values
   */
  public SharedState following(JavaSparkContext spark, int length) {
    Broadcast<Integer> next = spark.broadcast(length);
    StateDifferences change =
        coding == null
            ? null
            : new StateDifferences(
                new SliceBlocks(next.id(), "change"), coding, layout, values, holders, elements);
    return new SharedState(next, layout, coding, length, outerElements, null, change);
  }

  /** This state with the places of slices that were formed, the other ones as they were. */
  public SharedState formed(Collection<MeanPart> parts) {
    List<Holder> known =
        new ArrayList<>(holders == null ? Collections.nCopies(slices(), null) : holders.bySlice());
    parts.forEach(part -> known.set(part.index(), part.holder()));
    return new SharedState(
        owner, layout, coding, elements, outerElements, new Holders(known), differences);
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
          || !isReadable(outer, index, outerElements, buffer)
          || !isReadable(rest, index, restElements(), buffer)) {
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

  /** The form in which differences from it travel; null if values do. */
  DifferenceCoding coding() {
    return coding;
  }

  /** Values of a rest, 0 if none is kept. */
  int restElements() {
    return coding == null ? 0 : coding.restLength();
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
    try (RemoteReads remote = new RemoteReads()) {
      for (int i = 0; i < slices(); i++) {
        int index = (i + first) % slices();
        List<Tensor> views = parts.views(layout.from(index), layout.length(index, elements));
        List<ByteBuffer> targets =
            views.stream().map(view -> view.bytes(0, view.elements())).toList();
        boolean read =
            differences == null
                ? values.readOnThisHost(index, holders, targets)
                : readByDifference(index, targets);
        if (!read) {
          remote.begin(() -> values.read(index, holders, targets, fetched));
        }
      }
      remote.finish();
    }
  }

  /** Reads a slice without asking another host for all of it, if that is possible. */
  private boolean readByDifference(int index, List<ByteBuffer> targets) {
    return values.readOnThisHost(index, holders, targets)
        || differences.formAgain(index, holders, targets, values);
  }

  /**
   * A slice of the state, as part of a vector that may be longer or shorter: zeros behind its end.
   *
   * @param length values of that vector
   */
  public float[] slice(int index, int length) {
    int wanted = layout.length(index, length);
    float[] found = index < slices() ? stored(index).values() : new float[0];
    return found.length == wanted ? found : Arrays.copyOf(found, wanted);
  }

  /** The coded differences of a worker's slice from this state. */
  float[] differences(SliceHeader header, byte[] coded) {
    return coding.decode(layout.from(header.index()), header.elements(), coded);
  }

  /** A slice of the state that has not been read yet. */
  public Stored stored(int index) {
    return new Stored(values, holders, index, layout.length(index, elements));
  }

  /** A slice of the outer momentum; empty behind its end. */
  float[] outerSlice(int index) {
    return slice(outer, index, outerElements);
  }

  /** A slice of what integers have left of the averaged steps; empty behind its end. */
  float[] restSlice(int index) {
    return slice(rest, index, restElements());
  }

  private float[] slice(SliceBlocks blocks, int index, int length) {
    int count = layout.length(index, length);
    return count == 0 ? new float[0] : new Stored(blocks, holders, index, count).values();
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
    put(outer, index, momentum, buffer);
  }

  /**
   * Stores a slice here as the start of its round and a coded difference, with the outer momentum
   * and the rest that belong to it.
   */
  void put(int index, float[] start, byte[] change, float[] momentum, float[] left) {
    put(index, differences.add(index, start, change), momentum);
    put(rest, index, left, SliceBlocks.buffer(left.length));
    differences.put(index, change);
  }

  private static void put(SliceBlocks blocks, int index, float[] slice, ByteBuffer buffer) {
    if (slice.length > 0) {
      buffer.clear().asFloatBuffer().put(slice);
      blocks.put(index, buffer.position(slice.length * Float.BYTES));
    }
  }

  /**
   * A copy of the whole.
   *
   * @param step of the state
   * @throws UserException in one line if nobody sends a slice or it is damaged
   */
  public TrainingState copy(long step) {
    return new TrainingState(
        step, copy(values, elements), copy(outer, outerElements), copy(rest, restElements()));
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
