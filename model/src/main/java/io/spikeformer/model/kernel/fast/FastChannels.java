package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;

/** Copies of channels, row by row; threads share out the rows. */
final class FastChannels {
  private static final int ROWS_AT_A_TIME = 1024;

  private final Team team;

  FastChannels(Team team) {
    this.team = team;
  }

  void copy(Tensor source, int from, Tensor target, int to, int channels) {
    long rows = target.rows();
    int parts = (int) Math.min(team.size(), rows);
    team.run(
        parts,
        part -> {
          float[] row = new float[channels];
          boolean planes = source.planes() > 1;
          long end = rows * (part + 1) / parts;
          for (long at = rows * part / parts; at < end; at += ROWS_AT_A_TIME) {
            int count = (int) Math.min(ROWS_AT_A_TIME, end - at);
            if (planes) {
              copyPlanes(source, from, target, to, at, count, channels);
            } else {
              copy(source, from, target, to, at, count, row);
            }
          }
        });
  }

  private static void copy(
      Tensor source, int from, Tensor target, int to, long at, int count, float[] row) {
    int read = source.channels();
    int written = target.channels();
    ByteBuffer in = source.bytes(at * read, (long) count * read);
    ByteBuffer out = target.bytes(at * written, (long) count * written);
    for (int i = 0; i < count; i++) {
      Lanes.load(source.type(), in, i * read + from, row, 0, row.length);
      Lanes.store(target.type(), out, i * written + to, row, 0, row.length);
    }
  }

  /** Integers to integers, or to numbers. */
  private static void copyPlanes(
      Tensor source, int from, Tensor target, int to, long at, int count, int channels) {
    int read = source.channels();
    int written = target.channels();
    ByteBuffer in = source.bytes(at * read, (long) count * read);
    ByteBuffer out = target.bytes(at * written, (long) count * written);
    int planes = source.planes();
    boolean same = target.planes() == planes;
    float[] row = new float[same ? 0 : channels];
    for (int i = 0; i < count; i++) {
      if (same) {
        int first = (i * read + from) / DataType.PER_BYTE * planes;
        int place = (i * written + to) / DataType.PER_BYTE * planes;
        out.put(place, in, first, channels / DataType.PER_BYTE * planes);
      } else {
        Lanes.load(source, in, i * read + from, row, 0, channels);
        Lanes.store(target.type(), out, i * written + to, row, 0, channels);
      }
    }
  }
}
