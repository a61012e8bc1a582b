package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Elementwise kernels and per-channel sums on [rows, C] tensors. */
final class FastElementwise {
  private final Team team;
  private final Scratch[] scratch;

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

  void affine(Drive drive, Tensor out) {
    Span span = drive.scale() == null ? flat(drive.value()) : span(drive.value());
    DriveTiles tiles = new DriveTiles(drive, span);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] x = scratch[part].array(0, span.tile());
          List<Pass> passes = new ArrayList<>();
          passes.add(tiles.value(chunk, x));
          tiles.complete(passes, chunk, x, scratch[part].array(1, span.tile()));
          passes.add(chunk.open(out).store(x));
          chunk.runTiles(passes);
        });
  }

  void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out) {
    Span span = span(dx);
    float[] as = span.repeat(a);
    float[] bs = span.repeat(b);
    float[] cs = span.repeat(c);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] x = scratch[part].array(0, span.tile());
          float[] v = scratch[part].array(1, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(dx).load(x),
                  chunk.open(value).load(v),
                  (block, at, length) -> Arrays32.combine(x, as, bs, v, cs, length),
                  chunk.open(out).store(x)));
        });
  }

  void add(Tensor x, Tensor y, Tensor out) {
    Span span = flat(x);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] sum = scratch[part].array(0, span.tile());
          float[] other = scratch[part].array(1, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(x).load(sum),
                  chunk.open(y).load(other),
                  (block, at, length) -> Arrays32.add(sum, other, length),
                  chunk.open(out).store(sum)));
        });
  }

  void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums) {
    Span span = span(dx);
    float[] centres = span.repeat(centre);
    TileSum[] gradient = TileSum.forParts(span);
    TileSum[] product = TileSum.forParts(span);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] x = scratch[part].array(0, span.tile());
          float[] v = scratch[part].array(1, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(dx).load(x),
                  chunk.open(value).load(v),
                  TileSum.pass(x, v, centres, gradient[part], product[part])));
        });
    TileSum.combine(gradient, sums.gradient());
    TileSum.combine(product, sums.product());
  }

  void moments(Tensor value, float[] mean, float[] variance) {
    Span span = span(value);
    Moments[] moments = new Moments[span.parts()];
    for (int part = 0; part < moments.length; part++) {
      moments[part] = new Moments(span);
    }
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] x = scratch[part].array(0, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(value).load(x), (block, at, length) -> moments[part].add(x, length)));
        });
    Moments.combine(moments, mean, variance);
  }
}
