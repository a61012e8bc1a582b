package io.spikeformer.train.spark.averaging;

import io.spikeformer.train.StateParts;
import java.util.Arrays;

/**
 * A worker's coded differences from the start of a round, with what they leave: the rest stays with
 * the worker, behind the moments that it keeps. Where values travel, there is no rest.
 */
public final class OwnDifferences {
  private final SharedState start;
  private final long draw;
  private final float[] rest;

  /**
   * Differences of a worker in a round.
   *
   * @param start the state that the round begins with
   * @param step optimizer steps before the round
   * @param worker from 0
   * @param own what the worker has kept; empty before its first round
   */
  public OwnDifferences(SharedState start, long step, int worker, float[] own) {
    this.start = start;
    int length = start.restElements();
    this.draw = length == 0 ? 0 : start.coding().drawOf(step, worker);
    this.rest =
        own.length == 0
            ? new float[length]
            : Arrays.copyOfRange(own, own.length - length, own.length);
  }

  /** What the worker has kept, without the rest. */
  public float[] before(float[] own) {
    return own.length == 0 ? own : Arrays.copyOf(own, own.length - rest.length);
  }

  /** A slice on its way to the mean; changes the rest. */
  public Payload payload(StateParts state, int index) {
    int elements = (int) state.length();
    int from = start.layout().from(index);
    int count = start.layout().length(index, elements);
    int end = Math.min(from + count, rest.length);
    float[] left = from < end ? Arrays.copyOfRange(rest, from, end) : new float[0];
    byte[] coded =
        start
            .coding()
            .code(draw, from, start.slice(index, elements), state.copy(from, count), left);
    System.arraycopy(left, 0, rest, Math.min(from, rest.length), left.length);
    return new Payload.Coded(count, coded);
  }

  /** The rest; empty where values travel. */
  public float[] rest() {
    return rest;
  }
}
