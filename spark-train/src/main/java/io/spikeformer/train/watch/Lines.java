package io.spikeformer.train.watch;

import io.spikeformer.train.RoundMetrics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;

/** JSON objects, one a line. */
final class Lines implements Pieces {
  private final ToLongFunction<byte[]> steps;

  private Lines(ToLongFunction<byte[]> steps) {
    this.steps = steps;
  }

  /** The lines of {@code rounds.jsonl}. */
  static Lines ofRounds() {
    return new Lines(Lines::stepOfRound);
  }

  /** The lines of {@code cluster.jsonl}: what happened stays, wherever a training goes on. */
  static Lines ofCluster() {
    return new Lines(line -> 0);
  }

  @Override
  public byte[] header() {
    return new byte[0];
  }

  static byte[] encode(RoundMetrics metrics) {
    return (metrics.toJson() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static RoundMetrics decode(byte[] line) {
    return RoundMetrics.fromJson(new String(line, StandardCharsets.UTF_8));
  }

  @Override
  public byte[] next(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int value = in.read(); value >= 0; value = in.read()) {
      line.write(value);
      if (value == '\n') {
        return line.toByteArray();
      }
    }
    return null;
  }

  @Override
  public long step(byte[] piece) {
    return steps.applyAsLong(piece);
  }

  private static long stepOfRound(byte[] piece) {
    try {
      return decode(piece).place().step();
    } catch (IllegalArgumentException damaged) {
      // belongs to no checkpoint: it and what follows are cut off
      return Long.MAX_VALUE;
    }
  }
}
