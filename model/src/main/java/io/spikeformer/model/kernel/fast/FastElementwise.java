package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/** Elementwise kernels and per-channel sums on [rows, C] tensors. */
final class FastElementwise {
  private final Team team;
  private final Scratch[] scratch;

  /** The work on one tile. */
  private interface Tile {
    void handle(Scratch scratch, int at, int length);
  }

  FastElementwise(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  private Span span(Tensor tensor) {
    return Span.of(tensor.rows(), tensor.channels(), 1, team.size());
  }

  /** For arithmetic that is the same in every channel. */
  private Span flat(Tensor tensor) {
    return Span.of(tensor.elements(), 1, 1, team.size());
  }

  private void forEachTile(Span span, int part, int count, Tile tile) {
    for (int at = 0; at < count; at += span.tile()) {
      tile.handle(scratch[part], at, Math.min(span.tile(), count - at));
    }
  }

  private static Blocks open(Tensor tensor, long from, int count) {
    return Blocks.of(tensor, 1, 0, from, count);
  }

  void affine(Drive drive, Tensor out) {
    Span span = drive.scale() == null ? flat(drive.value()) : span(drive.value());
    DriveTiles tiles = new DriveTiles(drive, span);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  DriveTiles.Part x = tiles.open(1, 0, from, count);
                  Blocks y = open(out, from, count);
                  forEachTile(
                      span,
                      part,
                      count,
                      (arrays, at, length) -> {
                        float[] tile = arrays.array(0, length);
                        x.load(0, at, tile, arrays.array(1, length), length);
                        y.store(0, at, tile, length);
                      });
                }));
  }

  void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out) {
    Span span = span(dx);
    float[] as = span.repeat(a);
    float[] bs = span.repeat(b);
    float[] cs = span.repeat(c);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  Blocks gradient = open(dx, from, count);
                  Blocks values = open(value, from, count);
                  Blocks result = open(out, from, count);
                  forEachTile(
                      span,
                      part,
                      count,
                      (arrays, at, length) -> {
                        float[] x = arrays.array(0, length);
                        float[] v = arrays.array(1, length);
                        gradient.load(0, at, x, length);
                        values.load(0, at, v, length);
                        Arrays32.combine(x, as, bs, v, cs, length);
                        result.store(0, at, x, length);
                      });
                }));
  }

  void add(Tensor x, Tensor y, Tensor out) {
    Span span = flat(x);
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  Blocks left = open(x, from, count);
                  Blocks right = open(y, from, count);
                  Blocks result = open(out, from, count);
                  forEachTile(
                      span,
                      part,
                      count,
                      (arrays, at, length) -> {
                        float[] sum = arrays.array(0, length);
                        float[] other = arrays.array(1, length);
                        left.load(0, at, sum, length);
                        right.load(0, at, other, length);
                        Arrays32.add(sum, other, length);
                        result.store(0, at, sum, length);
                      });
                }));
  }

  void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums) {
    Span span = span(dx);
    float[] centres = span.repeat(centre);
    TileSum[] gradient = new TileSum[span.parts()];
    TileSum[] product = new TileSum[span.parts()];
    team.run(
        span.parts(),
        part -> {
          TileSum first = new TileSum(span);
          TileSum second = new TileSum(span);
          gradient[part] = first;
          product[part] = second;
          span.forEachChunk(
              part,
              (from, count) -> {
                Blocks gradients = open(dx, from, count);
                Blocks values = open(value, from, count);
                forEachTile(
                    span,
                    part,
                    count,
                    (arrays, at, length) -> {
                      float[] x = arrays.array(0, length);
                      float[] v = arrays.array(1, length);
                      gradients.load(0, at, x, length);
                      values.load(0, at, v, length);
                      Arrays32.accumulate(x, v, centres, first.partial, second.partial, length);
                      first.tileAdded();
                      second.tileAdded();
                    });
              });
        });
    TileSum.combine(gradient, sums.gradient());
    TileSum.combine(product, sums.product());
  }

  void moments(Tensor value, float[] mean, float[] variance) {
    Span span = span(value);
    Moments[] moments = new Moments[span.parts()];
    team.run(
        span.parts(),
        part -> {
          moments[part] = new Moments(span);
          span.forEachChunk(
              part,
              (from, count) -> {
                Blocks values = open(value, from, count);
                forEachTile(
                    span,
                    part,
                    count,
                    (arrays, at, length) -> {
                      float[] x = arrays.array(0, length);
                      values.load(0, at, x, length);
                      moments[part].add(x, length);
                    });
              });
        });
    Moments.combine(moments, mean, variance);
  }
}
