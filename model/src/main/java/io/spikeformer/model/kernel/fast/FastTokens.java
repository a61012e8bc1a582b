package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/** Kernels that know images: padding by one pixel, and sums and products over tokens. */
final class FastTokens {
  private final Team team;
  private final Scratch[] scratch;

  FastTokens(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  /** Rows of pixels as the rows of a span: one tile each, however wide. */
  private Span lines(long lines, int length) {
    Span span = Span.of(lines, length, 1, team.size());
    return new Span(lines, length, span.parts(), 1);
  }

  void pad(Drive drive, int images, int height, int width, float[] border, Tensor out) {
    int channels = border.length;
    int line = width * channels;
    int padded = line + 2 * channels;
    Span span = lines((long) images * (height + 2), padded);
    DriveTiles tiles = new DriveTiles(drive, new Span(1, channels, 1, width));
    float[] edge = new float[Lanes.roundUp(padded)];
    for (int i = 0; i < padded; i++) {
      edge[i] = border[i % channels];
    }
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  Blocks target = Blocks.of(out, 1, 0, from, count);
                  long first = from / padded;
                  long last = first + count / padded;
                  long begin = inner(first, height);
                  int inner = (int) (inner(last, height) - begin) * line;
                  DriveTiles.Part x = tiles.open(1, 0, begin * line, inner);
                  for (long row = first; row < last; row++) {
                    int at = (int) (row - first) * padded;
                    target.store(0, at, edge, padded);
                    long y = row % (height + 2);
                    if (y > 0 && y <= height) {
                      float[] pixels = scratch[part].array(0, line);
                      int source = (int) (inner(row, height) - begin) * line;
                      x.load(0, source, pixels, scratch[part].array(1, line), line);
                      target.store(0, at + channels, pixels, line);
                    }
                  }
                }));
  }

  /** Lines of the images before a line of the padded images. */
  private static long inner(long paddedLine, int height) {
    long image = paddedLine / (height + 2);
    long y = Math.max(0, Math.min(height, paddedLine % (height + 2) - 1));
    return image * height + y;
  }

  void crop(Tensor padded, int images, int height, int width, Tensor out) {
    int channels = out.channels();
    int line = width * channels;
    int wide = line + 2 * channels;
    Span span = lines((long) images * height, line);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  long first = from / line;
                  long last = first + count / line;
                  long begin = outer(first, height);
                  int outer = (int) (outer(last - 1, height) + 1 - begin) * wide;
                  Blocks source = Blocks.of(padded, 1, 0, begin * wide, outer);
                  Blocks target = Blocks.of(out, 1, 0, from, count);
                  float[] pixels = scratch[part].array(0, line);
                  for (long row = first; row < last; row++) {
                    int at = (int) (outer(row, height) - begin) * wide + channels;
                    source.load(0, at, pixels, line);
                    target.store(0, (int) (row - first) * line, pixels, line);
                  }
                }));
  }

  /** A line of the images as a line of the padded images. */
  private static long outer(long line, int height) {
    return line / height * (height + 2) + line % height + 1;
  }

  void sumTokens(Tensor a, Tensor b, int images, int tokens, float factor, Tensor out) {
    int channels = a.channels();
    int image = tokens * channels;
    Span span = lines(images, image);
    Span inner = Span.of(tokens, channels, 1, 1);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  Blocks left = Blocks.of(a, 1, 0, from, count);
                  Blocks right = Blocks.of(b, 1, 0, from, count);
                  Blocks target = Blocks.of(out, 1, 0, from / tokens, count / tokens);
                  TileSum sum = new TileSum(inner);
                  float[] row = scratch[part].array(2, channels);
                  for (int start = 0; start < count; start += image) {
                    sum.clear();
                    for (int at = 0; at < image; at += inner.tile()) {
                      int length = Math.min(inner.tile(), image - at);
                      addTile(scratch[part], left, right, start + at, length, sum);
                    }
                    double[] total = sum.total();
                    for (int c = 0; c < channels; c++) {
                      row[c] = factor * (float) total[c];
                    }
                    target.store(0, start / tokens, row, channels);
                  }
                }));
  }

  private static void addTile(
      Scratch scratch, Blocks left, Blocks right, int at, int length, TileSum sum) {
    float[] x = scratch.array(0, length);
    left.load(0, at, x, length);
    if (right == null) {
      Arrays32.accumulate(x, sum.partial, length);
    } else {
      float[] y = scratch.array(1, length);
      right.load(0, at, y, length);
      Arrays32.accumulateProduct(x, y, sum.partial, length);
    }
    sum.tileAdded();
  }

  void scaleTokens(Tensor row, Tensor a, int images, int tokens, float factor, Tensor out) {
    int channels = row.channels();
    int image = tokens * channels;
    Span span = lines(images, image);
    Span inner = Span.of(tokens, channels, 1, 1);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  Blocks values = Blocks.of(a, 1, 0, from, count);
                  Blocks rows = Blocks.of(row, 1, 0, from / tokens, count / tokens);
                  Blocks target = Blocks.of(out, 1, 0, from, count);
                  float[] x = scratch[part].array(0, inner.tile());
                  float[] factors = scratch[part].array(1, channels);
                  float[] repeated = scratch[part].array(2, inner.tile());
                  for (int start = 0; start < count; start += image) {
                    rows.load(0, start / tokens, factors, channels);
                    for (int c = 0; c < channels; c++) {
                      factors[c] *= factor;
                    }
                    inner.repeat(factors, repeated);
                    for (int at = 0; at < image; at += inner.tile()) {
                      int length = Math.min(inner.tile(), image - at);
                      if (values == null) {
                        Arrays.fill(x, 1);
                      } else {
                        values.load(0, start + at, x, length);
                      }
                      Arrays32.multiply(x, repeated, length);
                      target.store(0, start + at, x, length);
                    }
                  }
                }));
  }
}
