package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
    Span pixels = new Span(1, channels, 1, width);
    DriveTiles tiles = new DriveTiles(drive, pixels);
    float[] edge = new float[padded];
    for (int i = 0; i < padded; i++) {
      edge[i] = border[i % channels];
    }
    span.run(
        team,
        1,
        (part, chunk) -> {
          Scratch own = scratch[part];
          long first = chunk.from() / padded;
          long last = first + chunk.count() / padded;
          long begin = inner(first, height);
          int inner = (int) (inner(last, height) - begin) * line;
          Chunk source = new Chunk(pixels, 1, begin * line, inner);
          Tile[] x = tiles.value(source, block -> own.buffer(0, line));
          Tile y = chunk.tile(out, own, 1);
          Tile edges = Tile.at(own.buffer(2, padded));
          Lanes.storeFloats(edges.memory(), 0, edge, 0, padded);
          List<TileLoop> form = new ArrayList<>();
          form.add(x[0].loading());
          tiles.form(form, source, x, new Tile[] {y}, own);
          for (long row = first; row < last; row++) {
            int at = (int) (row - first) * padded;
            long side = row % (height + 2);
            if (side == 0 || side > height) {
              y.store(edges, at, padded);
            } else {
              y.store(edges, at, channels);
              y.store(edges, at + channels + line, channels);
              y.target(at + channels, line);
              TileLoop.runAll(form, 0, (int) (inner(row, height) - begin) * line, line);
              y.store(at + channels, line);
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
          Tile x =
              new Tile(padded, padded.bytes(begin * wide, outer), scratch[part].buffer(0, line));
          Tile y = chunk.tile(out, scratch[part], 1);
          for (long row = first; row < last; row++) {
            int at = (int) (row - first) * line;
            x.load((int) (outer(row, height) - begin) * wide + channels, line);
            y.store(x, at, line);
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
              List<TileLoop> add = addTokens(scratch[part], chunk, a, b, sum);
              float[] row = new float[channels];
              ByteBuffer rows = rows(out, chunk, tokens);
              for (int start = 0; start < chunk.count(); start += image) {
                sum.clear();
                for (int at = 0; at < image; at += inner.tile()) {
                  TileLoop.runAll(add, 0, start + at, Math.min(inner.tile(), image - at));
                }
                double[] total = sum.total();
                for (int c = 0; c < channels; c++) {
                  row[c] = factor * (float) total[c];
                }
                Lanes.store(out.type(), rows, start / tokens, row, 0, channels);
              }
            });
  }

  /** The rows [images, C] that belong to a chunk of [images, tokens, C]. */
  private static ByteBuffer rows(Tensor rows, Chunk chunk, int tokens) {
    return rows.bytes(chunk.from() / tokens, chunk.count() / tokens);
  }

  private static List<TileLoop> addTokens(
      Scratch scratch, Chunk chunk, Tensor a, Tensor b, TileSum sum) {
    Tile x = chunk.tile(a, scratch, 0);
    List<TileLoop> passes = new ArrayList<>();
    passes.add(x.loading());
    if (b == null) {
      passes.add((block, at, length) -> TileLoops.sum(x, sum.partial, length));
    } else {
      Tile y = chunk.tile(b, scratch, 1);
      passes.add(y.loading());
      passes.add((block, at, length) -> TileLoops.sumProduct(x, y, sum.partial, length));
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
              float[] factors = new float[channels];
              float[] repeated = new float[Lanes.roundUp(inner.tile())];
              ByteBuffer rows = rows(row, chunk, tokens);
              List<TileLoop> scale = scaling(scratch[part], chunk, a, repeated, out);
              for (int start = 0; start < chunk.count(); start += image) {
                Lanes.load(row.type(), rows, start / tokens, factors, 0, channels);
                for (int c = 0; c < channels; c++) {
                  factors[c] *= factor;
                }
                inner.repeat(factors, repeated);
                for (int at = 0; at < image; at += inner.tile()) {
                  TileLoop.runAll(scale, 0, start + at, Math.min(inner.tile(), image - at));
                }
              }
            });
  }

  private static List<TileLoop> scaling(
      Scratch scratch, Chunk chunk, Tensor a, float[] factors, Tensor out) {
    Tile y = chunk.tile(out, scratch, 1);
    List<TileLoop> passes = new ArrayList<>();
    passes.add(y.targeting());
    if (a == null) {
      passes.add((block, at, length) -> TileLoops.fill(factors, y, length));
    } else {
      Tile x = chunk.tile(a, scratch, 0);
      passes.add(x.loading());
      passes.add((block, at, length) -> TileLoops.multiply(x, factors, y, length));
    }
    passes.add(y.storing());
    return passes;
  }
}
