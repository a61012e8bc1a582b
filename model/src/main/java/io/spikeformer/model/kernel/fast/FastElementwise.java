package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
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
          Tile x = chunk.tile(drive.value(), scratch[part], 0);
          Tile y = chunk.tile(out, scratch[part], 1);
          List<TileLoop> passes = new ArrayList<>();
          if (tiles.isValue() && out.type() == DataType.FLOAT32) {
            ByteBuffer memory = chunk.open(out, 0);
            passes.add((block, at, length) -> x.read(at, length, memory, at));
          } else if (tiles.isValue()) {
            passes.add(x.loading());
            passes.add((block, at, length) -> y.store(x, at, length));
          } else {
            passes.add(x.loading());
            passes.add(y.targeting());
            tiles.form(passes, chunk, new Tile[] {x}, new Tile[] {y}, scratch[part]);
            passes.add(y.storing());
          }
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
          Tile x = chunk.tile(dx, scratch[part], 0);
          Tile v = chunk.tile(value, scratch[part], 1);
          Tile y = chunk.tile(out, scratch[part], 2);
          chunk.runTiles(
              List.of(
                  x.loading(),
                  v.loading(),
                  y.targeting(),
                  (block, at, length) -> TileLoops.combine(x, as, bs, v, cs, y, length),
                  y.storing()));
        });
  }

  void add(Tensor x, Tensor y, Tensor out) {
    Span span = flat(x);
    span.run(
        team,
        1,
        (part, chunk) -> {
          Tile left = chunk.tile(x, scratch[part], 0);
          Tile right = chunk.tile(y, scratch[part], 1);
          Tile sum = chunk.tile(out, scratch[part], 2);
          chunk.runTiles(
              List.of(
                  left.loading(),
                  right.loading(),
                  sum.targeting(),
                  (block, at, length) -> TileLoops.add(left, right, sum, length),
                  sum.storing()));
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
          Tile x = chunk.tile(dx, scratch[part], 0);
          Tile v = chunk.tile(value, scratch[part], 1);
          chunk.runTiles(
              List.of(
                  x.loading(),
                  v.loading(),
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
          Tile x = chunk.tile(value, scratch[part], 0);
          chunk.runTiles(List.of(x.loading(), (block, at, length) -> moments[part].add(x, length)));
        });
    Moments.combine(moments, mean, variance);
  }
}
