package io.spikeformer.train.spark.averaging;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.spikeformer.common.Text;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.train.DivergenceException;
import java.io.Serializable;
import java.util.List;

/**
 * The form in which the differences of a state travel: integers for the trained parameters, see
 * {@link Quantiser}, with error feedback (Seide et al. 2014; Karimireddy et al. 2019), and bfloat16
 * for all else.
 *
 * <p>An integer is as coarse as the largest value of its group makes it. So a group never reaches
 * beyond a tensor. Running statistics and moments of an optimizer keep their relative precision:
 * both divide, and a small one that becomes 0 would divide by nothing.
 *
 * <p>With error feedback a sender adds to each difference what its earlier integers have left of
 * the differences before, the rest. Over many rounds nothing is lost. bfloat16 leaves no rest.
 *
 * <p>Most integers are small: the largest value of a group sets its unit. So the integers of 4 bits
 * have about 3 bits of information each, and a slice travels as a Zstandard frame.
 */
public final class DifferenceCoding implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The sender of means; workers count from 0. */
  private static final int MEAN = -1;

  /** Integers hardly repeat: longer searches find no more. */
  private static final int LEVEL = 1;

  private final Quantiser quantiser;
  private final long seed;
  private final int length;

  /** First values of the trained tensors, and the ends of those. */
  private final int[] from;

  private final int[] to;

  /**
   * A coding for a model's states.
   *
   * @param layout of the model
   * @param bits of an integer: 8 or 4
   * @param seed of the rounding
   */
  public DifferenceCoding(ParameterLayout layout, int bits, long seed) {
    this.quantiser = new Quantiser(bits);
    this.seed = seed;
    this.length = Math.toIntExact(layout.length());
    List<Entry> trained =
        layout.entries().stream().filter(entry -> entry.kind().trainable()).toList();
    this.from = trained.stream().mapToInt(entry -> (int) entry.offset()).toArray();
    this.to = trained.stream().mapToInt(entry -> (int) (entry.offset() + entry.length())).toArray();
  }

  /** Values of a rest: those of the model, without moments. */
  public int restLength() {
    return length;
  }

  /**
   * What a worker's random numbers in a round depend on.
   *
   * @param step optimizer steps before the round
   * @param worker from 0
   */
  public long drawOf(long step, int worker) {
    return SeededRandom.mix(seed, step, worker);
  }

  /** The same for the mean of a round. */
  public long drawOfMean(long step) {
    return SeededRandom.mix(seed, step, MEAN);
  }

  /** The parts of a slice, in order. */
  private interface Parts {
    /** Trained values of one tensor. */
    void trained(int from, int to);

    /** Other values. */
    void other(int from, int to);
  }

  private void split(int first, int count, Parts parts) {
    int next = 0;
    for (int tensor = 0; tensor < from.length; tensor++) {
      int begin = Math.max(from[tensor] - first, 0);
      int end = Math.min(to[tensor] - first, count);
      if (begin < end) {
        if (next < begin) {
          parts.other(next, begin);
        }
        parts.trained(begin, end);
        next = end;
      }
    }
    if (next < count) {
      parts.other(next, count);
    }
  }

  /**
   * Bytes of a slice in its frame.
   *
   * @param first place of its first value in the state
   * @param count its values
   */
  int bytes(int first, int count) {
    Size size = new Size();
    split(first, count, size);
    return size.bytes;
  }

  /** Counts bytes. */
  private final class Size implements Parts {
    private int bytes;

    @Override
    public void trained(int from, int to) {
      bytes += quantiser.bytes(to - from);
    }

    @Override
    public void other(int from, int to) {
      bytes += (to - from) * Short.BYTES;
    }
  }

  /**
   * Codes the differences of a slice. The length of what it returns depends on the values.
   *
   * @param draw what the random numbers depend on
   * @param first place of its first value in the state
   * @param start values that the round began with
   * @param values values now
   * @param rest of its values as far as they are the model's; receives the new one
   * @throws DivergenceException if a parameter has changed by an amount that is not finite
   */
  public byte[] code(long draw, int first, float[] start, float[] values, float[] rest) {
    byte[] coded = new byte[bytes(first, values.length)];
    split(
        first,
        values.length,
        new Parts() {
          private int next;

          @Override
          public void trained(int from, int to) {
            for (int i = from; i < to; i++) {
              rest[i] += values[i] - start[i];
            }
            quantiser.code(rest, from, to, draw, first, coded, next);
            next += quantiser.bytes(to - from);
          }

          @Override
          public void other(int from, int to) {
            for (int i = from; i < to; i++) {
              short half = Slice.change(start[i], values[i]);
              coded[next++] = (byte) half;
              coded[next++] = (byte) (half >>> Byte.SIZE);
            }
          }
        });
    return Zstd.compress(coded, LEVEL);
  }

  /**
   * The differences that {@link #code} made, as the receivers have them.
   *
   * @param first place of the slice's first value in the state
   * @param count its values
   * @param frame what {@link #code} returned
   * @throws IllegalArgumentException if they are not those of such a slice
   */
  public float[] decode(int first, int count, byte[] frame) {
    byte[] coded = open(frame, bytes(first, count));
    float[] differences = new float[count];
    split(
        first,
        count,
        new Parts() {
          private int next;

          @Override
          public void trained(int from, int to) {
            quantiser.decode(coded, next, differences, from, to);
            next += quantiser.bytes(to - from);
          }

          @Override
          public void other(int from, int to) {
            for (int i = from; i < to; i++) {
              short half = (short) (coded[next] & 0xff | coded[next + 1] << Byte.SIZE);
              differences[i] = DataType.fromBfloat16(half);
              next += Short.BYTES;
            }
          }
        });
    return differences;
  }

  private static byte[] open(byte[] frame, int length) {
    byte[] coded = new byte[length];
    try {
      long found = Zstd.decompress(coded, frame);
      if (found == length) {
        return coded;
      }
      throw notOfThisSlice(length, Text.format("%d", found), null);
    } catch (ZstdException damaged) {
      throw notOfThisSlice(length, damaged.getMessage(), damaged);
    }
  }

  private static IllegalArgumentException notOfThisSlice(
      int expected, String found, Throwable cause) {
    return new IllegalArgumentException(
        Text.format("coded differences: expected %d bytes, found %s", expected, found), cause);
  }
}
