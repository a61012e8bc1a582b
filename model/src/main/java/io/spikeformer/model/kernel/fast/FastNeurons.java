package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Neurons over time, in one pass over memory each way; h[t] is recomputed on the way back. */
final class FastNeurons {
  private final Team team;
  private final Scratch[] scratch;

  FastNeurons(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  private Span span(Drive drive, int timesteps) {
    long rows = drive.value().rows() / timesteps;
    return Span.of(rows, drive.value().channels(), timesteps, team.size());
  }

  void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts) {
    Span span = span(drive, timesteps);
    DriveTiles tiles = new DriveTiles(drive, span);
    long[][] fired = new long[span.parts()][timesteps];
    span.run(
        team,
        timesteps,
        (part, chunk) -> {
          float[] v = scratch[part].array(2, span.tile());
          List<Pass> passes = firing(scratch[part], tiles, chunk, neuron, membrane, v);
          float[] s = scratch[part].array(1, span.tile());
          passes.add(chunk.open(spikes).store(s));
          if (counts != null) {
            long[] own = fired[part];
            passes.add((t, at, length) -> own[t] += NeuronArrays.count(s, length));
          }
          for (int at = 0; at < chunk.count(); at += span.tile()) {
            Arrays.fill(v, 0);
            for (int t = 0; t < timesteps; t++) {
              Pass.runAll(passes, t, at, chunk.length(at));
            }
          }
        });
    if (counts != null) {
      for (long[] part : fired) {
        for (int t = 0; t < timesteps; t++) {
          counts[t] += part[t];
        }
      }
    }
  }

  /** The passes of one timestep up to the spikes, which are left in slot 1. */
  private static List<Pass> firing(
      Scratch scratch, DriveTiles tiles, Chunk chunk, Neuron neuron, Tensor membrane, float[] v) {
    int tile = chunk.span().tile();
    float[] x = scratch.array(0, tile);
    float[] s = scratch.array(1, tile);
    float[] scale = tiles.scale;
    float[] shift = tiles.shift;
    List<Pass> passes = new ArrayList<>();
    passes.add(tiles.value(chunk, x));
    if (membrane == null && !tiles.hasResidual()) {
      passes.add(
          chunk.blocks() == 1
              ? (t, at, length) -> NeuronArrays.fireOnce(neuron, x, scale, shift, s, length)
              : (t, at, length) -> NeuronArrays.fire(neuron, x, scale, shift, v, s, length));
    } else {
      tiles.complete(passes, chunk, x, s);
      if (membrane != null) {
        passes.add(chunk.open(membrane).store(x));
      }
      passes.add((t, at, length) -> NeuronArrays.fire(neuron, x, v, s, length));
    }
    return passes;
  }

  double fireBackward(
      Drive drive,
      int timesteps,
      Neuron neuron,
      Tensor dSpikes,
      Tensor dMembrane,
      Tensor dx,
      float[] centre,
      ChannelSums sums) {
    Span span = span(drive, timesteps);
    DriveTiles tiles = new DriveTiles(drive, span);
    float[] centres = span.repeat(sums == null ? null : centre);
    TileSum[] gradient = TileSum.forParts(span);
    TileSum[] product = TileSum.forParts(span);
    double[] dThreshold = new double[span.parts()];
    span.run(
        team,
        timesteps,
        (part, chunk) -> {
          Backward backward = new Backward(neuron, scratch[part], chunk);
          List<Pass> forward = backward.potentials(tiles);
          List<Pass> back = backward.gradients(dSpikes, dMembrane);
          back.add(chunk.open(dx).store(backward.gradient));
          if (centres != null) {
            back.add(backward.sums(centres, gradient[part], product[part]));
          }
          for (int at = 0; at < chunk.count(); at += span.tile()) {
            dThreshold[part] += backward.tile(forward, back, at);
          }
        });
    if (sums != null) {
      TileSum.combine(gradient, sums.gradient());
      TileSum.combine(product, sums.product());
    }
    double sum = 0;
    for (double part : dThreshold) {
      sum += part;
    }
    return sum;
  }

  /** The arrays and passes of the way back through one chunk. */
  private static final class Backward {
    private final Neuron neuron;
    private final Chunk chunk;
    private final int timesteps;
    private final float[] gradient;
    private final float[] spare;
    private final float[] v;
    private final float[] lanes = new float[Lanes.COUNT];
    private final float[][] values;
    private final float[][] potentials;

    Backward(Neuron neuron, Scratch scratch, Chunk chunk) {
      this.neuron = neuron;
      this.chunk = chunk;
      this.timesteps = chunk.blocks();
      int tile = chunk.span().tile();
      this.gradient = scratch.array(0, tile);
      this.spare = scratch.array(1, tile);
      this.v = scratch.array(2, tile);
      this.values = new float[timesteps][];
      this.potentials = new float[timesteps][];
      for (int t = 0; t < timesteps; t++) {
        values[t] = scratch.array(3 + 2 * t, tile);
        potentials[t] = scratch.array(4 + 2 * t, tile);
      }
    }

    /** Passes that keep value[t] and h[t]. */
    List<Pass> potentials(DriveTiles tiles) {
      float[] scale = tiles.scale;
      float[] shift = tiles.shift;
      List<Pass> passes = new ArrayList<>();
      passes.add(tiles.value(chunk, values));
      if (!tiles.hasResidual()) {
        passes.add(
            timesteps == 1
                ? (t, at, length) ->
                    NeuronArrays.potentialOnce(
                        neuron, values[t], scale, shift, potentials[t], length)
                : (t, at, length) ->
                    NeuronArrays.potential(
                        neuron, values[t], scale, shift, v, potentials[t], length));
        return passes;
      }
      float[] x = gradient;
      passes.add((t, at, length) -> System.arraycopy(values[t], 0, x, 0, length));
      tiles.complete(passes, chunk, x, spare);
      passes.add((t, at, length) -> NeuronArrays.potential(neuron, x, v, potentials[t], length));
      return passes;
    }

    /** Passes from the gradient of the spikes to that of the drive. */
    List<Pass> gradients(Tensor dSpikes, Tensor dMembrane) {
      List<Pass> passes = new ArrayList<>();
      passes.add(chunk.open(dSpikes).load(gradient));
      passes.add((t, at, length) -> SurrogateArrays.slope(neuron, potentials[t], spare, length));
      if (timesteps == 1) {
        passes.add(
            (t, at, length) -> NeuronArrays.backOnce(neuron, spare, gradient, lanes, length));
      } else {
        if (!neuron.detachReset()) {
          passes.add(
              (t, at, length) -> NeuronArrays.throughReset(potentials[t], v, gradient, length));
        }
        passes.add(
            (t, at, length) ->
                NeuronArrays.back(neuron, potentials[t], spare, gradient, v, lanes, length));
      }
      if (dMembrane != null) {
        passes.add(chunk.open(dMembrane).load(spare));
        passes.add((t, at, length) -> Arrays32.add(gradient, spare, length));
      }
      return passes;
    }

    /** Adds to the per-channel sums of the gradient and of its product with the value. */
    Pass sums(float[] centre, TileSum sum, TileSum product) {
      return (t, at, length) -> TileSum.add(gradient, values[t], centre, sum, product, length);
    }

    /** Runs one tile forward and back; returns the gradient of the threshold. */
    double tile(List<Pass> forward, List<Pass> back, int at) {
      int length = chunk.length(at);
      Arrays.fill(v, 0);
      for (int t = 0; t < timesteps; t++) {
        Pass.runAll(forward, t, at, length);
      }
      Arrays.fill(v, 0);
      Arrays.fill(lanes, 0);
      for (int t = timesteps - 1; t >= 0; t--) {
        Pass.runAll(back, t, at, length);
      }
      double dThreshold = 0;
      for (float lane : lanes) {
        dThreshold += lane;
      }
      return dThreshold;
    }
  }
}
