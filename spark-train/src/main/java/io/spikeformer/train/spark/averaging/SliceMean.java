package io.spikeformer.train.spark.averaging;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The sample-weighted mean of a slice.
 *
 * <p>Summed in double in the workers' order: sum(samples * value) / sum(samples), rounded once. The
 * mean of one contribution, or of equal ones, is that bit for bit: the products are exact as long
 * as the samples of a round stay below 2^29. A contribution that comes as differences is the
 * round's start plus those.
 *
 * <p>All contributions are read side by side, a chunk at a time: only the mean itself is ever held
 * as a whole.
 */
final class SliceMean {
  private final IntFunction<float[]> start;
  private final ByteBuffer chunk =
      ByteBuffer.allocate(Payload.CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final FloatBuffer floats = chunk.asFloatBuffer();
  private final ShortBuffer shorts = chunk.asShortBuffer();
  private final double[] totals = new double[Payload.CHUNK];
  private final float[] values = new float[Payload.CHUNK];
  private final short[] halves = new short[Payload.CHUNK];

  /**
   * Means of a round.
   *
   * @param start a slice of the state that the round began with; asked for once, and only where
   *     contributions are differences from it
   */
  SliceMean(IntFunction<float[]> start) {
    this.start = start;
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

    static Contribution of(ArrivingSlice slice) {
      return new Contribution(slice.header(), slice::next);
    }

    private boolean counts() {
      return header.samples() > 0;
    }

    private boolean differs() {
      return counts() && header.width() == Short.BYTES;
    }
  }

  /**
   * Forms the mean of one slice.
   *
   * @param contributions in the workers' order, each with no elements or as many as the others
   * @param mean receives the values from its position on
   */
  void form(List<Contribution> contributions, ByteBuffer mean) {
    int elements = 0;
    long samples = 0;
    for (Contribution contribution : contributions) {
      if (contribution.counts()) {
        elements = contribution.header().elements();
        samples += contribution.header().samples();
      }
    }
    float[] before = before(contributions);
    for (int from = 0; from < elements; from += Payload.CHUNK) {
      int count = Math.min(Payload.CHUNK, elements - from);
      Arrays.fill(totals, 0, count, 0);
      for (Contribution contribution : contributions) {
        if (contribution.counts()) {
          add(contribution, before, from, count);
        }
      }
      for (int i = 0; i < count; i++) {
        values[i] = (float) (totals[i] / samples);
      }
      mean.asFloatBuffer().put(values, 0, count);
      mean.position(mean.position() + count * Float.BYTES);
    }
  }

  /** The values to which differences are added, if there are any. */
  private float[] before(List<Contribution> contributions) {
    return contributions.stream()
        .filter(Contribution::differs)
        .findFirst()
        .map(contribution -> start.apply(contribution.header().index()))
        .orElse(null);
  }

  private void add(Contribution contribution, float[] before, int from, int count) {
    SliceHeader header = contribution.header();
    contribution.chunks().next(chunk.clear().limit(count * header.width()));
    double weight = header.samples();
    if (header.width() == Float.BYTES) {
      floats.get(0, values, 0, count);
      for (int i = 0; i < count; i++) {
        totals[i] += weight * values[i];
      }
    } else {
      shorts.get(0, halves, 0, count);
      for (int i = 0; i < count; i++) {
        totals[i] += weight * ((double) before[from + i] + DataType.fromBfloat16(halves[i]));
      }
    }
  }
}
