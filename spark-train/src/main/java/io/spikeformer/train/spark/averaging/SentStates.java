package io.spikeformer.train.spark.averaging;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Sends the averaged part of a worker's own state to the mean. The worker is the partition's index.
 * The values lie outside the heap until they are written.
 */
public final class SentStates implements PairFlatMapFunction<Iterator<Slice>, Long, Slice> {
  private static final long serialVersionUID = 1L;

  private final SharedState start;
  private final int elements;
  private final int workers;
  private final boolean compressed;

  /**
   * What is sent at the end of a round.
   *
   * @param start the last mean: differences are taken from it
   * @param elements values that are averaged
   * @param compressed whether they travel as differences
   */
  public SentStates(SharedState start, int elements, int workers, boolean compressed) {
    this.start = start;
    this.elements = elements;
    this.workers = workers;
    this.compressed = compressed;
  }

  @Override
  public Iterator<Tuple2<Long, Slice>> call(Iterator<Slice> own) {
    int worker = TaskContext.getPartitionId();
    SliceLayout layout = start.layout();
    List<Tuple2<Long, Slice>> sent = new ArrayList<>();
    Tensor all = Tensor.allocate(DataType.FLOAT32, elements);
    TaskCompletionListener end = context -> all.close();
    TaskContext.get().addTaskCompletionListener(end);
    while (own.hasNext()) {
      Slice slice = own.next();
      int index = slice.index();
      int count = layout.length(index, elements);
      if (count > 0) {
        Tensor part = all.slice(layout.from(index), count);
        part.put(((Payload.Floats) slice.payload()).values(), 0, count);
        // a worker whose share is used up has nothing to say
        Payload payload = slice.samples() > 0 ? payload(index, part) : Payload.NONE;
        sent.add(
            new Tuple2<>(
                (long) index * workers + worker,
                new Slice(index, slice.samples(), payload, List.of())));
      }
    }
    return sent.iterator();
  }

  private Payload payload(int index, Tensor part) {
    Payload.InPlace values = Payload.InPlace.of(List.of(part));
    if (!compressed) {
      return values;
    }
    // a moment that the last mean does not have travels as a whole
    return start.layout().length(index, start.elements()) == values.elements()
        ? new Payload.ChangesInPlace(start.stored(index), values)
        : new Payload.Changes(Slice.changes(start.slice(index, elements), part.toArray()));
  }
}
