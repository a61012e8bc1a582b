package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Regions;
import io.spikeformer.model.kernel.RoiAlign;
import io.spikeformer.model.kernel.RoiAxis;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/**
 * RoIAlign as two products with sparse matrices, first between lines, then along columns.
 *
 * <p>Threads share out the regions forwards and the lines of the map backwards. Each is the work of
 * one thread, in the order of the regions, so the result does not depend on the number of threads.
 */
final class FastRoiAlign {
  private final Team team;

  FastRoiAlign(Team team) {
    this.team = team;
  }

  void forward(RoiAlign form, Tensor x, Regions regions, Tensor y) {
    int parts = Math.min(team.size(), regions.count());
    if (parts > 0) {
      team.run(
          parts,
          part -> {
            Forward own = new Forward(form, x, y);
            for (int region = part; region < regions.count(); region += parts) {
              own.region(regions, region);
            }
          });
    }
  }

  /** One thread's work forwards, with the lines that it works on. */
  private static final class Forward {
    private final RoiAlign form;
    private final Tensor x;
    private final Tensor y;
    private final int height;
    private final int width;
    private final int channels;
    private final float[] loaded;
    private final float[] mixed;
    private final float[] bins;

    Forward(RoiAlign form, Tensor x, Tensor y) {
      this.form = form;
      this.x = x;
      this.y = y;
      height = (int) x.size(1);
      width = (int) x.size(2);
      channels = x.channels();
      loaded = new float[width * channels];
      mixed = new float[width * channels];
      bins = new float[form.size() * form.size() * channels];
    }

    void region(Regions regions, int region) {
      RoiAxis rows = form.rows(regions, region, height);
      RoiAxis columns = form.columns(regions, region, width);
      Arrays.fill(bins, 0);
      int length = (columns.high() - columns.low()) * channels;
      for (int bin = 0; bin < form.size() && length > 0; bin++) {
        float[] weights = rows.weights(bin);
        Arrays.fill(mixed, 0, length, 0);
        for (int i = 0; i < weights.length; i++) {
          long line = (long) regions.images()[region] * height + rows.first(bin) + i;
          long from = (line * width + columns.low()) * channels;
          Lanes.load(x, x.bytes(from, length), 0, loaded, 0, length);
          LineLoops.add(loaded, 0, weights[i], mixed, 0, length);
        }
        alongColumns(columns, bin);
      }
      long to = (long) regions.rows()[region] * bins.length;
      Lanes.store(y.type(), y.bytes(to, bins.length), 0, bins, 0, bins.length);
    }

    private void alongColumns(RoiAxis columns, int row) {
      for (int bin = 0; bin < form.size(); bin++) {
        float[] weights = columns.weights(bin);
        int to = (row * form.size() + bin) * channels;
        for (int i = 0; i < weights.length; i++) {
          int from = (columns.first(bin) + i - columns.low()) * channels;
          LineLoops.add(mixed, from, weights[i], bins, to, channels);
        }
      }
    }
  }

  void backward(RoiAlign form, Regions regions, Tensor dy, Tensor dx) {
    RoiAxis[] rows = new RoiAxis[regions.count()];
    RoiAxis[] columns = new RoiAxis[regions.count()];
    for (int region = 0; region < rows.length; region++) {
      rows[region] = form.rows(regions, region, (int) dx.size(1));
      columns[region] = form.columns(regions, region, (int) dx.size(2));
    }
    long lines = dx.size(0) * dx.size(1);
    int parts = (int) Math.min(team.size(), lines);
    team.run(
        parts,
        part -> {
          Backward own = new Backward(form.size(), dy, dx);
          for (long line = part; line < lines; line += parts) {
            int image = (int) (line / dx.size(1));
            int row = (int) (line % dx.size(1));
            own.begin();
            for (int region = 0; region < rows.length; region++) {
              boolean reads = row >= rows[region].low() && row < rows[region].high();
              if (reads && regions.images()[region] == image) {
                own.add(regions.rows()[region], rows[region], row, columns[region]);
              }
            }
            own.store(line);
          }
        });
  }

  /** One thread's work backwards, with the lines that it works on. */
  private static final class Backward {
    private final int size;
    private final Tensor dy;
    private final Tensor dx;
    private final int channels;
    private final float[] loaded;
    private final float[] mixed;
    private final float[] out;

    Backward(int size, Tensor dy, Tensor dx) {
      this.size = size;
      this.dy = dy;
      this.dx = dx;
      channels = dx.channels();
      loaded = new float[size * channels];
      mixed = new float[size * channels];
      out = new float[(int) dx.size(2) * channels];
    }

    void begin() {
      Arrays.fill(out, 0);
    }

    /** What a region's bins give to a row of the map. */
    void add(int region, RoiAxis rows, int row, RoiAxis columns) {
      Arrays.fill(mixed, 0);
      for (int bin = 0; bin < size; bin++) {
        float weight = rows.weight(bin, row);
        if (weight != 0) {
          long from = ((long) region * size + bin) * mixed.length;
          Lanes.load(dy.type(), dy.bytes(from, mixed.length), 0, loaded, 0, mixed.length);
          LineLoops.add(loaded, 0, weight, mixed, 0, mixed.length);
        }
      }
      for (int bin = 0; bin < size; bin++) {
        float[] weights = columns.weights(bin);
        for (int i = 0; i < weights.length; i++) {
          int to = (columns.first(bin) + i) * channels;
          LineLoops.add(mixed, bin * channels, weights[i], out, to, channels);
        }
      }
    }

    void store(long line) {
      long at = line * out.length;
      Lanes.store(dx.type(), dx.bytes(at, out.length), 0, out, 0, out.length);
    }
  }
}
