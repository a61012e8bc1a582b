package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.ResampledAxis;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Resampling line by line: first between lines, then along the columns of a line. Lines are shared
 * out among the threads; each is the work of one thread, in an order of its own.
 */
final class FastResampling {
  private final Team team;

  FastResampling(Team team) {
    this.team = team;
  }

  /**
   * Lines that a thread works on.
   *
   * @param loaded as it stands in memory
   * @param mixed of several lines
   * @param out the line to be stored
   */
  private record Lines(float[] loaded, float[] mixed, float[] out) {}

  private interface LineWork {
    void line(long line, Lines own);
  }

  /** A map, and how it becomes larger or smaller. */
  private record Source(Resampling form, ResampledAxis rows, ResampledAxis columns, Tensor map) {
    static Source of(Resampling form, Tensor map) {
      return new Source(form, form.rows(), form.columns(), map);
    }

    int length() {
      return form.width() * map.channels();
    }

    /** The two rows that a line of the result mixes, mixed. */
    float[] mixed(long line, Lines own) {
      float[] mixed = own.mixed();
      int row = (int) (line % form.toHeight());
      long image = line / form.toHeight() * form.height();
      float weight = rows.weight()[row];
      load(map, image + rows.low()[row], mixed, length());
      if (weight != 0) {
        load(map, image + rows.high()[row], own.loaded(), length());
        LineLoops.blend(mixed, own.loaded(), weight, mixed, length());
      }
      return mixed;
    }

    /** A line of the result, pixel by pixel. */
    void into(long line, Lines own, Mixing mixing) {
      float[] mixed = mixed(line, own);
      int channels = map.channels();
      for (int column = 0; column < form.toWidth(); column++) {
        mixing.pixel(
            mixed,
            columns.low()[column] * channels,
            columns.high()[column] * channels,
            columns.weight()[column],
            own.out(),
            column * channels,
            channels);
      }
    }
  }

  /** What becomes of a pixel that two of a line mix. */
  @FunctionalInterface
  private interface Mixing {
    void pixel(float[] line, int low, int high, float weight, float[] out, int to, int channels);
  }

  void forward(Resampling form, Tensor x, Tensor y) {
    Source source = Source.of(form, x);
    int result = form.toWidth() * y.channels();
    overLines(
        y.size(0) * form.toHeight(),
        source.length(),
        result,
        (line, own) -> {
          source.into(line, own, LineLoops::mix);
          Lanes.store(y.type(), y.bytes(line * result, result), 0, own.out(), 0, result);
        });
  }

  /** y = base + the resampled maps: each line of the result is read and written once. */
  void sum(Drive base, List<Tensor> maps, Resampling.Kind kind, Tensor y) {
    List<Source> sources =
        maps.stream()
            .map(map -> Source.of(Resampling.between(kind, map.shape(), y.shape()), map))
            .toList();
    int result = (int) y.size(2) * y.channels();
    overLines(
        y.size(0) * y.size(1),
        sources.stream().mapToInt(Source::length).max().orElse(0),
        result,
        (line, own) -> {
          float[] out = own.out();
          load(base.value(), line, out, result);
          if (base.scale() != null) {
            LineLoops.affine(out, base.scale(), base.shift());
          }
          sources.forEach(source -> source.into(line, own, LineLoops::addMix));
          Lanes.store(y.type(), y.bytes(line * result, result), 0, out, 0, result);
        });
  }

  void backward(Resampling form, Tensor dy, Tensor dx) {
    int channels = dy.channels();
    ResampledAxis.Uses rows = form.rows().uses(form.height());
    ResampledAxis.Uses columns = form.columns().uses(form.width());
    int source = form.width() * channels;
    int result = form.toWidth() * channels;
    overLines(
        dx.size(0) * form.height(),
        result,
        source,
        (line, own) -> {
          float[] mixed = own.mixed();
          float[] out = own.out();
          int row = (int) (line % form.height());
          long image = line / form.height() * form.toHeight();
          Arrays.fill(mixed, 0);
          for (int use = rows.start()[row]; use < rows.start()[row + 1]; use++) {
            load(dy, image + rows.target()[use], own.loaded(), result);
            LineLoops.add(own.loaded(), 0, rows.share()[use], mixed, 0, result);
          }
          Arrays.fill(out, 0);
          for (int column = 0; column < form.width(); column++) {
            for (int use = columns.start()[column]; use < columns.start()[column + 1]; use++) {
              LineLoops.add(
                  mixed,
                  columns.target()[use] * channels,
                  columns.share()[use],
                  out,
                  column * channels,
                  channels);
            }
          }
          Lanes.store(dx.type(), dx.bytes(line * source, source), 0, out, 0, source);
        });
  }

  private static void load(Tensor tensor, long line, float[] target, int length) {
    Lanes.load(tensor, tensor.bytes(line * length, length), 0, target, 0, length);
  }

  private void overLines(long lines, int read, int written, LineWork work) {
    int parts = (int) Math.min(team.size(), lines);
    team.run(
        parts,
        part -> {
          Lines own = new Lines(new float[read], new float[read], new float[written]);
          long end = lines * (part + 1) / parts;
          for (long line = lines * part / parts; line < end; line++) {
            work.line(line, own);
          }
        });
  }
}
