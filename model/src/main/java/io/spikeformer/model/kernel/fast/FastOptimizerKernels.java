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

  /** Arithmetic on tiles of up to three tensors. */
  private interface Update {
    void apply(float[] first, float[] second, float[] third, int length);
  }

  /** Reduction of a tile. */
  private interface Reduction {
    double apply(float[] values, int length);
  }

  FastOptimizerKernels(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  private static FloatVector at(float[] array, int i) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i);
  }

  private Span span(Tensor tensor) {
    return Span.of(tensor.elements(), 1, 1, team.size());
  }

  /** Loads tiles of the tensors (null: none), updates, and stores those that are to be kept. */
  private void update(Tensor[] tensors, Update update, int... kept) {
    Span span = span(tensors[0]);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[][] tile = new float[3][];
          List<Pass> passes = new ArrayList<>();
          for (int i = 0; i < tensors.length; i++) {
            tile[i] = scratch[part].array(i, span.tile());
            passes.add(chunk.open(tensors[i]).load(tile[i]));
          }
          passes.add((block, at, length) -> update.apply(tile[0], tile[1], tile[2], length));
          for (int i : kept) {
            passes.add(chunk.open(tensors[i]).store(tile[i]));
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
          float[] tile = scratch[part].array(0, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(values).load(tile),
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
        (gradients, m, v, length) -> {
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector g = at(gradients, i).mul(gradientScale);
            at(m, i).mul(beta1).add(g.mul(1 - beta1)).intoArray(m, i);
            at(v, i).mul(beta2).add(g.mul(1 - beta2).mul(g)).intoArray(v, i);
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
        (w, m, v, length) -> {
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector step = adaptive(at(m, i), at(v, i), correction1, correction2, epsilon);
            at(w, i).mul(keep).sub(step.mul(rate)).intoArray(w, i);
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
    Span span = span(weights);
    span.run(
        team,
        1,
        (part, chunk) -> {
          float[] w = scratch[part].array(0, span.tile());
          float[] m = scratch[part].array(1, span.tile());
          float[] v = scratch[part].array(2, span.tile());
          chunk.runTiles(
              List.of(
                  chunk.open(weights).load(w),
                  chunk.open(first).load(m),
                  chunk.open(second).load(v),
                  (block, at, length) -> {
                    for (int i = 0; i < length; i += Lanes.COUNT) {
                      adaptive(at(m, i), at(v, i), correction1, correction2, epsilon)
                          .add(at(w, i).mul(decay))
                          .intoArray(w, i);
                    }
                  },
                  chunk.open(direction).store(w)));
        });
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
        (g, w, b, length) -> {
          for (int i = 0; i < length; i += Lanes.COUNT) {
            FloatVector step = at(g, i).mul(gradientScale).add(at(w, i).mul(decay));
            at(b, i).mul(momentum).add(step).intoArray(b, i);
          }
        },
        2);
  }

  @Override
  public void addScaled(Tensor weights, float factor, Tensor direction) {
    update(
        new Tensor[] {weights, direction},
        (w, u, unused, length) -> {
          for (int i = 0; i < length; i += Lanes.COUNT) {
            at(w, i).add(at(u, i).mul(factor)).intoArray(w, i);
          }
        },
        0);
  }

  @Override
  public double sumOfSquares(Tensor values) {
    return reduce(values, FastOptimizerKernels::squares);
  }

  /** Four sums, so that the additions need not wait for each other. */
  private static double squares(float[] tile, int length) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      a += (double) tile[i] * tile[i];
      b += (double) tile[i + 1] * tile[i + 1];
      c += (double) tile[i + 2] * tile[i + 2];
      d += (double) tile[i + 3] * tile[i + 3];
    }
    for (; i < length; i++) {
      a += (double) tile[i] * tile[i];
    }
    return a + b + (c + d);
  }

  @Override
  public boolean allFinite(Tensor values) {
    return reduce(values, FastOptimizerKernels::zeroIfFinite) == 0;
  }

  /** x * 0 is NaN unless x is finite. */
  private static double zeroIfFinite(float[] tile, int length) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      sum = sum.add(at(tile, i).mul(0));
    }
    double total = sum.reduceLanes(VectorOperators.ADD);
    for (int i = whole; i < length; i++) {
      total += tile[i] * 0;
    }
    return total;
  }
}
