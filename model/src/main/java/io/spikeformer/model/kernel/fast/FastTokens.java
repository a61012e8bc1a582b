package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    span.run(
        team,
        1,
        (part, chunk) -> {
          long first = chunk.from() / padded;
          long last = first + chunk.count() / padded;
          long begin = inner(first, height);
          int inner = (int) (inner(last, height) - begin) * line;
          Chunk source = new Chunk(tiles.span(), 1, begin * line, inner);
          float[] pixels = scratch[part].array(0, line);
          Pass storeEdge = chunk.open(out).store(edge);
          Pass storePixels = chunk.open(out).store(pixels);
          List<Pass> load = new ArrayList<>();
          load.add(tiles.value(source, pixels));
          tiles.complete(load, source, pixels, scratch[part].array(1, line));
          for (long row = first; row < last; row++) {
            int at = (int) (row - first) * padded;
            storeEdge.run(0, at, padded);
            long y = row % (height + 2);
            if (y > 0 && y <= height) {
              Pass.runAll(load, 0, (int) (inner(row, height) - begin) * line, line);
              storePixels.run(0, at + channels, line);
            }
          }
        });
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
    span.run(
        team,
        1,
        (part, chunk) -> {
          long first = chunk.from() / line;
          long last = first + chunk.count() / line;
          long begin = outer(first, height);
          int outer = (int) (outer(last - 1, height) + 1 - begin) * wide;
          float[] pixels = scratch[part].array(0, line);
          Pass load = Blocks.of(padded, begin * wide, outer).load(pixels);
          Pass store = chunk.open(out).store(pixels);
          for (long row = first; row < last; row++) {
            load.run(0, (int) (outer(row, height) - begin) * wide + channels, line);
            store.run(0, (int) (row - first) * line, line);
          }
        });
  }

  /** A line of the images as a line of the padded images. */
  private static long outer(long line, int height) {
    return line / height * (height + 2) + line % height + 1;
  }

  void sumTokens(Tensor a, Tensor b, int images, int tokens, float factor, Tensor out) {
    int channels = a.channels();
    int image = tokens * channels;
    Span inner = Span.of(tokens, channels, 1, 1);
    lines(images, image)
        .run(
            team,
            1,
            (part, chunk) -> {
              TileSum sum = new TileSum(inner);
              float[] row = scratch[part].array(2, channels);
              List<Pass> add = addTokens(scratch[part], chunk, a, b, sum);
              Pass store = Blocks.of(out, chunk.from() / tokens, chunk.count() / tokens).store(row);
              for (int start = 0; start < chunk.count(); start += image) {
                sum.clear();
                for (int at = 0; at < image; at += inner.tile()) {
                  Pass.runAll(add, 0, start + at, Math.min(inner.tile(), image - at));
                }
                double[] total = sum.total();
                for (int c = 0; c < channels; c++) {
                  row[c] = factor * (float) total[c];
                }
                store.run(0, start / tokens, channels);
              }
            });
  }

  private static List<Pass> addTokens(
      Scratch scratch, Chunk chunk, Tensor a, Tensor b, TileSum sum) {
    float[] x = scratch.array(0, sum.partial.length);
    float[] y = scratch.array(1, sum.partial.length);
    List<Pass> passes = new ArrayList<>();
    passes.add(chunk.open(a).load(x));
    if (b == null) {
      passes.add((block, at, length) -> Arrays32.accumulate(x, sum.partial, length));
    } else {
      passes.add(chunk.open(b).load(y));
      passes.add((block, at, length) -> Arrays32.accumulateProduct(x, y, sum.partial, length));
    }
    passes.add((block, at, length) -> sum.tileAdded());
    return passes;
  }

  void scaleTokens(Tensor row, Tensor a, int images, int tokens, float factor, Tensor out) {
    int channels = row.channels();
    int image = tokens * channels;
    Span inner = Span.of(tokens, channels, 1, 1);
    lines(images, image)
        .run(
            team,
            1,
            (part, chunk) -> {
              float[] x = scratch[part].array(0, inner.tile());
              float[] factors = scratch[part].array(1, channels);
              float[] repeated = scratch[part].array(2, inner.tile());
              Pass load =
                  a == null ? (block, at, length) -> Arrays.fill(x, 1) : chunk.open(a).load(x);
              List<Pass> scale =
                  List.of(
                      load,
                      (block, at, length) -> Arrays32.multiply(x, repeated, length),
                      chunk.open(out).store(x));
              Pass loadRow =
                  Blocks.of(row, chunk.from() / tokens, chunk.count() / tokens).load(factors);
              for (int start = 0; start < chunk.count(); start += image) {
                loadRow.run(0, start / tokens, channels);
                for (int c = 0; c < channels; c++) {
                  factors[c] *= factor;
                }
                inner.repeat(factors, repeated);
                for (int at = 0; at < image; at += inner.tile()) {
                  Pass.runAll(scale, 0, start + at, Math.min(inner.tile(), image - at));
                }
              }
            });
  }
}
