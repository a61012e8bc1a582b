package io.spikeformer.data.spark;

import java.util.Objects;

/**
 * What to prepare, and how.
 *
 * @param input URI or path of a folder or an archive that holds split/class/file or class/file
 * @param output URI or path of the folder under which the split's folder is written
 * @param split name of the split, and of its folder
 * @param shards number of shards, &gt;= 1
 * @param shortSide pixels to which the short side of larger images is reduced; 0: the original
 *     bytes are kept
 * @param seed of the shuffle
 * @param maxRejectedFraction largest part of the input that may be rejected, 0 to 1
 */
public record PrepareOptions(
    String input,
    String output,
    String split,
    int shards,
    int shortSide,
    long seed,
    double maxRejectedFraction) {
  /** Shards unless asked otherwise. */
  public static final int DEFAULT_SHARDS = 16;

  /** Part of the input that may be rejected unless asked otherwise. */
  public static final double DEFAULT_MAX_REJECTED_FRACTION = 0.01;

  private static final int MAX_SHARDS = 100_000;

  /** Checks the ranges. */
  public PrepareOptions {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(output, "output");
    require(
        split != null && split.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
        "split",
        "a name of letters, digits, '.', '_' and '-'",
        split);
    require(shards >= 1 && shards <= MAX_SHARDS, "shards", "1 to " + MAX_SHARDS, shards);
    require(shortSide >= 0, "short-side", ">= 0 pixels", shortSide);
    require(
        maxRejectedFraction >= 0 && maxRejectedFraction <= 1,
        "max-rejected-fraction",
        "0 to 1",
        maxRejectedFraction);
  }

  /** The defaults: 16 shards, the original bytes, seed 0, at most 1 % rejected. */
  public static PrepareOptions of(String input, String output, String split) {
    return new PrepareOptions(
        input, output, split, DEFAULT_SHARDS, 0, 0, DEFAULT_MAX_REJECTED_FRACTION);
  }

  /** The same with another number of shards. */
  public PrepareOptions withShards(int newShards) {
    return new PrepareOptions(
        input, output, split, newShards, shortSide, seed, maxRejectedFraction);
  }

  /** The same with larger images reduced to a short side. */
  public PrepareOptions withShortSide(int newShortSide) {
    return new PrepareOptions(
        input, output, split, shards, newShortSide, seed, maxRejectedFraction);
  }

  /** The same with another shuffle. */
  public PrepareOptions withSeed(long newSeed) {
    return new PrepareOptions(
        input, output, split, shards, shortSide, newSeed, maxRejectedFraction);
  }

  /** The same with another tolerance. */
  public PrepareOptions withMaxRejectedFraction(double newFraction) {
    return new PrepareOptions(input, output, split, shards, shortSide, seed, newFraction);
  }

  private static void require(boolean holds, String what, String expected, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(what, expected, found));
    }
  }
}
