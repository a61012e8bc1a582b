package io.spikeformer.train.spark.averaging;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Iterator;
import java.util.function.IntFunction;

/**
 * The sample-weighted mean of a slice.
 *
 * <p>Summed in double in a fixed order: sum(samples * value) / sum(samples), rounded once. The mean
 * of one contribution, or of equal ones, is that bit for bit: the products are exact as long as the
 * samples of a round stay below 2^29. A contribution that comes as differences is the round's start
 * plus those.
 *
 * <p>The contributions are read one after the other, a chunk at a time. So no more of them need to
 * be at hand than those that are on their way.
 */
final class SliceMean {
  private final IntFunction<float[]> start;
  private final Decoder decoder;
  private final ByteBuffer chunk =
      ByteBuffer.allocate(Payload.CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final FloatBuffer floats = chunk.asFloatBuffer();
  private final ShortBuffer shorts = chunk.asShortBuffer();
  private final float[] values = new float[Payload.CHUNK];
  private final short[] halves = new short[Payload.CHUNK];
  private double[] totals;
  private long samples;
  private float[] before;

  /**
   * Means of a round.
   *
   * @param start a slice of the state that the round began with; asked for once, and only where
   *     contributions are differences from it
   * @param decoder of coded differences
   */
  SliceMean(IntFunction<float[]> start, Decoder decoder) {
    this.start = start;
    this.decoder = decoder;
  }

  /** Reads coded differences. */
  @FunctionalInterface
  interface Decoder {
    /** The differences of a slice. */
    float[] differences(SliceHeader header, byte[] coded);
  }

  /**
   * One contribution.
   *
   * @param header its weight and size
   * @param chunks its elements
   */
  record Contribution(SliceHeader header, Payload.Chunks chunks) {
    static Contribution of(Slice slice) {
      return new Contribution(SliceHeader.of(slice), slice.payload().open());
    }
  }

  /**
   * Forms the mean of one slice.
   *
   * @param contributions in their order, each with no elements or as many as the others; one is
   *     read before the next one is asked for
   * @return the mean; empty if no worker has samples
   */
  float[] of(Iterator<Contribution> contributions) {
    totals = new double[0];
    samples = 0;
    before = null;
    while (contributions.hasNext()) {
      Contribution contribution = contributions.next();
      if (contribution.header().samples() > 0) {
        add(contribution);
      }
    }
    float[] mean = new float[totals.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (totals[i] / samples);
    }
    return mean;
  }

  private void add(Contribution contribution) {
    SliceHeader header = contribution.header();
    if (samples == 0) {
      totals = new double[header.elements()];
    }
    samples += header.samples();
    boolean differs = header.form() != Payload.Form.VALUES;
    if (differs && before == null) {
      before = start.apply(header.index());
    }
    if (header.form() == Payload.Form.CODED) {
      byte[] coded = new byte[header.bytes()];
      contribution.chunks().next(ByteBuffer.wrap(coded));
      addDifferences(header.samples(), decoder.differences(header, coded));
      return;
    }
    int width = differs ? Short.BYTES : Float.BYTES;
    for (int from = 0; from < totals.length; from += Payload.CHUNK) {
      int count = Math.min(Payload.CHUNK, totals.length - from);
      contribution.chunks().next(chunk.clear().limit(count * width));
      if (differs) {
        addChanges(header.samples(), from, count);
      } else {
        addValues(header.samples(), from, count);
      }
    }
  }

  private void addValues(double weight, int from, int count) {
    floats.get(0, values, 0, count);
    for (int i = 0; i < count; i++) {
      totals[from + i] += weight * values[i];
    }
  }

  private void addChanges(double weight, int from, int count) {
    shorts.get(0, halves, 0, count);
    for (int i = 0; i < count; i++) {
      totals[from + i] += weight * ((double) before[from + i] + DataType.fromBfloat16(halves[i]));
    }
  }

  private void addDifferences(double weight, float[] differences) {
    for (int i = 0; i < differences.length; i++) {
      totals[i] += weight * ((double) before[i] + differences[i]);
    }
  }
}
