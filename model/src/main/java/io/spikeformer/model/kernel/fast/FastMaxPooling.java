package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Tensor;
import jdk.incubator.vector.FloatVector;

/**
 * Maxima of windows line by line: first between the lines of a window, then along the columns. So a
 * window costs twice its side instead of its area. Threads share out the lines of the result.
 */
final class FastMaxPooling {
  private final Team team;

  FastMaxPooling(Team team) {
    this.team = team;
  }

  void forward(PoolingWindow window, Tensor x, Tensor y) {
    long lines = y.size(0) * y.size(1);
    int parts = (int) Math.min(team.size(), lines);
    team.run(
        parts,
        part -> {
          Lines own = new Lines(window, x, y);
          for (long line = lines * part / parts; line < lines * (part + 1) / parts; line++) {
            own.line(line);
          }
        });
  }

  /** One thread's work, with the lines that it works on. */
  private static final class Lines {
    private final PoolingWindow window;
    private final Tensor x;
    private final Tensor y;
    private final int channels;
    private final float[] loaded;
    private final float[] highest;
    private final float[] out;

    Lines(PoolingWindow window, Tensor x, Tensor y) {
      this.window = window;
      this.x = x;
      this.y = y;
      channels = x.channels();
      loaded = new float[(int) x.size(2) * channels];
      highest = new float[loaded.length];
      out = new float[(int) y.size(2) * channels];
    }

    void line(long line) {
      long image = line / y.size(1) * x.size(1);
      int start = (int) (line % y.size(1)) * window.stride() - window.padding();
      int end = (int) Math.min(x.size(1), start + window.side());
      load(image + Math.max(0, start), highest);
      for (int row = Math.max(0, start) + 1; row < end; row++) {
        load(image + row, loaded);
        raise(highest, 0, loaded, 0, loaded.length);
      }
      for (int column = 0; column < y.size(2); column++) {
        alongColumns(column);
      }
      Lanes.store(y.type(), y.bytes(line * out.length, out.length), 0, out, 0, out.length);
    }

    private void alongColumns(int column) {
      int start = column * window.stride() - window.padding();
      int end = (int) Math.min(x.size(2), start + window.side());
      int to = column * channels;
      System.arraycopy(highest, Math.max(0, start) * channels, out, to, channels);
      for (int i = Math.max(0, start) + 1; i < end; i++) {
        raise(out, to, highest, i * channels, channels);
      }
    }

    private void load(long line, float[] target) {
      Lanes.load(x, x.bytes(line * target.length, target.length), 0, target, 0, target.length);
    }
  }

  /** Raises values to others where those are larger; a NaN is above all. */
  private static void raise(float[] values, int at, float[] others, int from, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector other = Lanes.at(others, from + i);
      Lanes.at(values, at + i).max(other).intoArray(values, at + i);
    }
    for (int i = whole; i < length; i++) {
      values[at + i] = Math.max(values[at + i], others[from + i]);
    }
  }
}
