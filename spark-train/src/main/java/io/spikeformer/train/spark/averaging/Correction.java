package io.spikeformer.train.spark.averaging;

import io.spikeformer.train.DelayedMean;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Applies the mean of the round before to what a worker has kept of the round, slice by slice: the
 * result is the state that it goes on with.
 */
public final class Correction implements FlatMapFunction<Iterator<Slice>, Slice> {
  private static final long serialVersionUID = 1L;

  private final DelayedMean rule;
  private final SharedState mean;
  private final DelayedMean.Factors factors;

  /**
   * A correction at the end of a round.
   *
   * @param mean of what the workers had sent when the round began
   * @param factors of the round's steps
   */
  public Correction(DelayedMean rule, SharedState mean, DelayedMean.Factors factors) {
    this.rule = rule;
    this.mean = mean;
    this.factors = factors;
  }

  /** The same with other places of the mean's slices. */
  Correction with(SharedState formedAgain) {
    return new Correction(rule, formedAgain, factors);
  }

  /** The mean that is applied. */
  public SharedState mean() {
    return mean;
  }

  /**
   * Applies a slice of the mean; behind its end nothing is done.
   *
   * @param values what the worker has kept of the slice; receives what it goes on with
   * @param steps those that the worker has taken
   */
  public void apply(int index, float[] values, int steps) {
    if (index < mean.slices()) {
      float[] common = mean.slice(index, mean.elements());
      rule.add(mean.layout().from(index), common, values, factors, steps);
    }
  }

  /**
   * From a disk, or from a replica that has just been trained again, which trains on after this.
   */
  private static float[] values(Payload kept) {
    Payload.Floats values =
        kept instanceof Payload.InPlace trained ? trained.copy() : (Payload.Floats) kept;
    return values.values();
  }

  @Override
  public Iterator<Slice> call(Iterator<Slice> kept) {
    return new Iterator<>() {
      private int steps;

      @Override
      public boolean hasNext() {
        return kept.hasNext();
      }

      @Override
      public Slice next() {
        Slice slice = kept.next();
        if (slice.index() == 0) {
          steps = FirstSlice.steps(slice);
        }
        float[] values = values(slice.payload());
        apply(slice.index(), values, steps);
        return new Slice(slice.index(), slice.samples(), new Payload.Floats(values), List.of());
      }
    };
  }
}
