package io.spikeformer.data.spark;

import io.spikeformer.common.Check;
import io.spikeformer.data.source.DatasetSpec;
import io.spikeformer.data.source.ImageNet;
import java.util.Objects;

/**
 * The options of a conversion.
 *
 * @param dataset the split of a raw dataset; its split names the output's folder
 * @param output URI or path of the folder under which the split's folder is written
 * @param shards number of shards, &gt;= 1
 * @param seed of the shuffle
 * @param maxRejectedFraction largest part of the input that may be rejected, 0 to 1
 */
public record PrepareOptions(
    DatasetSpec dataset, String output, int shards, long seed, double maxRejectedFraction) {
  /** Shards unless asked otherwise. */
  public static final int DEFAULT_SHARDS = 16;

  /** Part of the input that may be rejected unless asked otherwise. */
  public static final double DEFAULT_MAX_REJECTED_FRACTION = 0.01;

  private static final int MAX_SHARDS = 100_000;

  /** Checks the ranges. */
  public PrepareOptions {
    Objects.requireNonNull(dataset, "dataset");
    Objects.requireNonNull(output, "output");
    Check.that(
        shards >= 1 && shards <= MAX_SHARDS,
        "shards: expected 1 to %s, found %s",
        MAX_SHARDS,
        shards);
    Check.that(
        maxRejectedFraction >= 0 && maxRejectedFraction <= 1,
        "max-rejected-fraction: expected 0 to 1, found %s",
        maxRejectedFraction);
  }

  /** Labelled images with the defaults: 16 shards, the original bytes, seed 0, 1 % rejected. */
  public static PrepareOptions of(String input, String output, String split) {
    return of(DatasetSpec.of(ImageNet.NAME, input, split), output);
  }

  /** A dataset with the defaults: 16 shards, seed 0, at most 1 % rejected. */
  public static PrepareOptions of(DatasetSpec dataset, String output) {
    return new PrepareOptions(dataset, output, DEFAULT_SHARDS, 0, DEFAULT_MAX_REJECTED_FRACTION);
  }

  /** The same with another number of shards. */
  public PrepareOptions withShards(int newShards) {
    return new PrepareOptions(dataset, output, newShards, seed, maxRejectedFraction);
  }

  /** The same with larger images reduced to a short side in pixels; 0: not reduced. */
  public PrepareOptions withShortSide(int pixels) {
    Check.that(pixels >= 0, "short-side: expected >= 0 pixels, found %s", pixels);
    DatasetSpec reduced =
        pixels == 0
            ? dataset.without(ImageNet.SHORT_SIDE)
            : dataset.with(ImageNet.SHORT_SIDE, Integer.toString(pixels));
    return new PrepareOptions(reduced, output, shards, seed, maxRejectedFraction);
  }

  /** The same with another shuffle. */
  public PrepareOptions withSeed(long newSeed) {
    return new PrepareOptions(dataset, output, shards, newSeed, maxRejectedFraction);
  }

  /** The same with another tolerance. */
  public PrepareOptions withMaxRejectedFraction(double newFraction) {
    return new PrepareOptions(dataset, output, shards, seed, newFraction);
  }
}
