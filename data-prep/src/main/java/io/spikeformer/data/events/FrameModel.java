package io.spikeformer.data.events;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The probabilities of counts, learnt while coding: a binary decision "more than k?" for k = 0, 1,
 * ... for each pixel, given the counts around it that are already known. Encoder and decoder run
 * the same steps.
 */
final class FrameModel {
  /** Decisions beyond this number of events share their probabilities. */
  private static final int DEPTH = 16;

  /** Levels of known activity around a pixel. */
  private static final int LEVELS = 8;

  private static final int CONTEXTS = 3 * 3 * 2 * 2 * 3 * 3;
  private static final int HALF = 1 << 15;
  private static final int SLOWEST = 250;

  /** 1 / (n + 1.5) in 1/65536: how far the n-th decision moves a probability. */
  private static final int[] RATES =
      IntStream.rangeClosed(0, SLOWEST).map(n -> (2 << 16) / (2 * n + 3)).toArray();

  private final int width;
  private final Probabilities any = new Probabilities(CONTEXTS);
  private final Probabilities more = new Probabilities(LEVELS * DEPTH);

  private byte[] counts;
  private int start;
  private int before;
  private int other;

  FrameModel(int width) {
    this.width = width;
  }

  /** Adaptive probabilities of a 1, in 1/65536: fast at first, then the mean of about 250. */
  private static final class Probabilities {
    private final int[] one;
    private final short[] seen;

    Probabilities(int size) {
      one = new int[size];
      seen = new short[size];
      Arrays.fill(one, HALF);
    }

    /** Within 32/65536 of certainty at most, which the coder needs. */
    int one(int context) {
      return Math.max(32, Math.min(65_504, one[context]));
    }

    void learn(int context, int bit) {
      int count = seen[context];
      one[context] += (int) ((long) ((bit << 16) - one[context]) * RATES[count] >> 16);
      if (count < SLOWEST) {
        seen[context]++;
      }
    }
  }

  /**
   * Goes to a plane [H, W].
   *
   * @param all counts of all planes, [T * 2, H, W]
   * @param index of the plane: 2 * frame + polarity
   * @param size of a plane
   */
  void beginPlane(byte[] all, int index, int size) {
    counts = all;
    start = index * size;
    before = index >= EventFrames.POLARITIES ? start - EventFrames.POLARITIES * size : -1;
    other = index % EventFrames.POLARITIES == 1 ? start - size : -1;
  }

  void encodeRow(ArithmeticEncoder encoder, int row) {
    for (int x = 0; x < width; x++) {
      int at = row * width + x;
      int count = counts[start + at] & 0xff;
      int context = context(row, x, at);
      int bit = count > 0 ? 1 : 0;
      encoder.encode(bit, any.one(context));
      any.learn(context, bit);
      if (bit == 0) {
        continue;
      }
      int level = level(row, x, at);
      for (int k = 1; k < FrameOptions.LARGEST_COUNT; k++) {
        int next = level * DEPTH + Math.min(k, DEPTH) - 1;
        bit = count > k ? 1 : 0;
        encoder.encode(bit, more.one(next));
        more.learn(next, bit);
        if (bit == 0) {
          break;
        }
      }
    }
  }

  void decodeRow(ArithmeticDecoder decoder, int row) {
    for (int x = 0; x < width; x++) {
      int at = row * width + x;
      int context = context(row, x, at);
      int bit = decoder.decode(any.one(context));
      any.learn(context, bit);
      if (bit == 0) {
        continue;
      }
      int level = level(row, x, at);
      int count = 1;
      while (count < FrameOptions.LARGEST_COUNT) {
        int next = level * DEPTH + Math.min(count, DEPTH) - 1;
        bit = decoder.decode(more.one(next));
        more.learn(next, bit);
        if (bit == 0) {
          break;
        }
        count++;
      }
      counts[start + at] = (byte) count;
    }
  }

  /** The context of whether a pixel has events. */
  private int context(int row, int x, int at) {
    int left = x > 0 ? few(start + at - 1) : 0;
    int above = row > 0 ? few(start + at - width) : 0;
    int aboveLeft = row > 0 && x > 0 && counts[start + at - width - 1] != 0 ? 1 : 0;
    int aboveRight = row > 0 && x < width - 1 && counts[start + at - width + 1] != 0 ? 1 : 0;
    int earlier = before >= 0 ? few(before + at) : 0;
    int opposite = other >= 0 ? few(other + at) : 0;
    return ((((left * 3 + above) * 2 + aboveLeft) * 2 + aboveRight) * 3 + earlier) * 3 + opposite;
  }

  /** The context of how many events a pixel has: the logarithm of the activity around it. */
  private int level(int row, int x, int at) {
    int sum = x > 0 ? counts[start + at - 1] & 0xff : 0;
    sum += row > 0 ? counts[start + at - width] & 0xff : 0;
    sum += before >= 0 ? counts[before + at] & 0xff : 0;
    return Math.min(LEVELS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(sum));
  }

  /** 0, 1, or 2 for more. */
  private int few(int index) {
    return Math.min(2, counts[index] & 0xff);
  }
}
