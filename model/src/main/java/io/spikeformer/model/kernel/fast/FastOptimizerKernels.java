package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.OptimizerKernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Optimizer arithmetic with the Vector API, rounded operation by operation as plain code is. */
final class FastOptimizerKernels implements OptimizerKernels {
  private final Team team;
  private final Scratch[] scratch;

  /** Arithmetic on tiles of up to four tensors. */
  private interface Update {
    void apply(Tile[] tiles, int length);
  }

  /** Reduction of a tile. */
  private interface Reduction {
    double apply(Tile values, int length);
  }

  FastOptimizerKernels(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  private static FloatVector at(Tile tile, int i) {
    return Lanes.at(tile.memory(), tile.from() + i);
  }

  private static void put(FloatVector values, Tile tile, int i) {
    Lanes.put(values, tile.memory(), tile.from() + i);
  }

  private Span span(Tensor tensor) {
    return Span.of(tensor.elements(), 1, 1, team.size());
  }

  /** Loads tiles of the tensors, updates, and stores those that are to be kept. */
  private void update(Tensor[] tensors, Update update, int... kept) {
    Span span = span(tensors[0]);
    span.run(
        team,
        1,
        (part, chunk) -> {
          Tile[] tiles = new Tile[tensors.length];
          List<TileLoop> passes = new ArrayList<>();
          for (int i = 0; i < tensors.length; i++) {
            tiles[i] = chunk.tile(tensors[i], scratch[part], i);
            passes.add(tiles[i].loading());
          }
          passes.add((block, at, length) -> update.apply(tiles, length));
          for (int i : kept) {
            passes.add(tiles[i].storing());
          }
          chunk.runTiles(passes);
        });
  }

  private double reduce(Tensor values, Reduction reduction) {
    Span span = span(values);
    double[] parts = new double[span.parts()];
    span.run(
        team,
        1,
        (part, chunk) -> {
          Tile tile = chunk.tile(values, scratch[part], 0);
          chunk.runTiles(
              List.of(
                  tile.loading(),
                  (block, at, length) -> parts[part] += reduction.apply(tile, length)));
        });
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    return sum;
  }

  @Override
  public void moments(
      Tensor gradient, float gradientScale, float beta1, float beta2, Tensor first, Tensor second) {
    update(
        new Tensor[] {gradient, first, second},
        (tiles, length) -> {
          Tile m = tiles[1];
          Tile v = tiles[2];
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector g = at(tiles[0], i).mul(gradientScale);
            put(at(m, i).mul(beta1).add(g.mul(1 - beta1)), m, i);
            put(at(v, i).mul(beta2).add(g.mul(1 - beta2).mul(g)), v, i);
          }
        },
        1,
        2);
  }

  private static FloatVector adaptive(
      FloatVector m, FloatVector v, float correction1, float correction2, float epsilon) {
    return m.div(correction1).div(v.div(correction2).sqrt().add(epsilon));
  }

  @Override
  public void adamStep(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float rate,
      float decay) {
    float keep = 1 - rate * decay;
    update(
        new Tensor[] {weights, first, second},
        (tiles, length) -> {
          Tile w = tiles[0];
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector step =
                adaptive(at(tiles[1], i), at(tiles[2], i), correction1, correction2, epsilon);
            put(at(w, i).mul(keep).sub(step.mul(rate)), w, i);
          }
        },
        0);
  }

  @Override
  public void lambDirection(
      Tensor weights,
      Tensor first,
      Tensor second,
      float correction1,
      float correction2,
      float epsilon,
      float decay,
      Tensor direction) {
    update(
        new Tensor[] {weights, first, second, direction},
        (tiles, length) -> {
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector step =
                adaptive(at(tiles[1], i), at(tiles[2], i), correction1, correction2, epsilon);
            put(step.add(at(tiles[0], i).mul(decay)), tiles[3], i);
          }
        },
        3);
  }

  @Override
  public void momentum(
      Tensor gradient,
      float gradientScale,
      Tensor weights,
      float decay,
      float momentum,
      Tensor buffer) {
    update(
        new Tensor[] {gradient, weights, buffer},
        (tiles, length) -> {
          Tile b = tiles[2];
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector step = at(tiles[0], i).mul(gradientScale).add(at(tiles[1], i).mul(decay));
            put(at(b, i).mul(momentum).add(step), b, i);
          }
        },
        2);
  }

  @Override
  public void addScaled(Tensor weights, float factor, Tensor direction) {
    update(
        new Tensor[] {weights, direction},
        (tiles, length) -> {
          Tile w = tiles[0];
          for (int i = 0; i < length; i += Lanes.COUNT) {
            put(at(w, i).add(at(tiles[1], i).mul(factor)), w, i);
          }
        },
        0);
  }

  @Override
  public double sumOfSquares(Tensor values) {
    return reduce(values, FastOptimizerKernels::squares);
  }

  /** Four sums, so that the additions need not wait for each other. */
  private static double squares(Tile tile, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      a += square(tile, i);
      b += square(tile, i + 1);
      c += square(tile, i + 2);
      d += square(tile, i + 3);
    }
    for (; i < length; i++) {
      a += square(tile, i);
    }
    return a + b + (c + d);
  }

  private static double square(Tile tile, int i) {
    double value = value(tile, i);
    return value * value;
  }

  private static float value(Tile tile, int i) {
    return tile.memory().getFloat(Float.BYTES * (tile.from() + i));
  }

  @Override
  public boolean allFinite(Tensor values) {
    return reduce(values, FastOptimizerKernels::zeroIfFinite) == 0;
  }

  /** x * 0 is NaN unless x is finite. */
  private static double zeroIfFinite(Tile tile, int length) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      sum = sum.add(at(tile, i).mul(0));
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
