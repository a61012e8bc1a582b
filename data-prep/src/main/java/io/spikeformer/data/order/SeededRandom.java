package io.spikeformer.data.order;

import io.spikeformer.common.Text;
import java.nio.charset.StandardCharsets;

/**
 * A small generator whose numbers depend on its seed alone: the same on every machine and Java
 * version. The stream is SplitMix64 (Steele, Lea, Flood 2014). Not thread-safe.
 */
public final class SeededRandom {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long state;
  private double spareNormal = Double.NaN;

  /** Starts the stream of a seed. */
  public SeededRandom(long seed) {
    this.state = seed;
  }

  /** One seed from several numbers; a change of any of them, or of their order, changes it. */
  public static long mix(long... parts) {
    long mixed = parts.length;
    for (long part : parts) {
      mixed = finish(mixed + GOLDEN_GAMMA + finish(part + GOLDEN_GAMMA));
    }
    return mixed;
  }

  /** A 64-bit hash of a text: FNV-1a over its UTF-8 bytes, then mixed. */
  public static long hash(String text) {
    long hash = FNV_OFFSET;
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (value & 0xff)) * FNV_PRIME;
    }
    return finish(hash);
  }

  /** The next 64 bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return finish(state);
  }

  /** Uniform in [0, 1), 53 bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Uniform in [from, to). */
  public double nextDouble(double from, double to) {
    return from + (to - from) * nextDouble();
  }

  /** Uniform in [0, bound), without bias worth the name: bound is far below 2^63. */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException(
          Text.format("random number: expected a bound >= 1, found %s", bound));
    }
    return (int) Long.remainderUnsigned(nextLong(), bound);
  }

  /**
   * Standard normal: Marsaglia's polar method, with {@link StrictMath} so that it is the same
   * everywhere.
   */
  public double nextGaussian() {
    if (!Double.isNaN(spareNormal)) {
      double spare = spareNormal;
      spareNormal = Double.NaN;
      return spare;
    }
    while (true) {
      double x = nextDouble(-1, 1);
      double y = nextDouble(-1, 1);
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        double factor = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
        spareNormal = y * factor;
        return x * factor;
      }
    }
  }

  /** Shuffles [from, to) in place (Fisher-Yates). */
  public <T> void shuffle(T[] items, int from, int to) {
    for (int i = to - 1; i > from; i--) {
      int other = from + nextInt(i - from + 1);
      T item = items[i];
      items[i] = items[other];
      items[other] = item;
    }
  }

  private static long finish(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }
}
