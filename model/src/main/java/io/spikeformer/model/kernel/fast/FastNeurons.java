package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
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
          float[] v = scratch[part].array(0, span.tile());
          SpikeTile[] s = spikes(scratch[part], chunk, neuron, spikes);
          List<TileLoop> passes = firing(scratch[part], tiles, chunk, neuron, membrane, v, s);
          passes.add((t, at, length) -> s[t].store(at, length));
          if (counts != null) {
            long[] own = fired[part];
            passes.add((t, at, length) -> own[t] += s[t].count(length));
          }
          for (int at = 0; at < chunk.count(); at += span.tile()) {
            Arrays.fill(v, 0, span.tile(), 0);
            for (int t = 0; t < timesteps; t++) {
              TileLoop.runAll(passes, t, at, chunk.length(at));
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

  private static SpikeTile[] spikes(Scratch scratch, Chunk chunk, Neuron neuron, Tensor spikes) {
    int tile = chunk.span().tile();
    SpikeTile[] tiles = new SpikeTile[chunk.blocks()];
    for (int t = 0; t < tiles.length; t++) {
      ByteBuffer memory = chunk.open(spikes, t);
      tiles[t] =
          new SpikeTile(
              spikes, memory, neuron.integers(), scratch.buffer(2, tile), scratch.buffer(3, tile));
    }
    return tiles;
  }

  /** The passes of one timestep up to the spikes. */
  private static List<TileLoop> firing(
      Scratch scratch,
      DriveTiles tiles,
      Chunk chunk,
      Neuron neuron,
      Tensor membrane,
      float[] v,
      SpikeTile[] s) {
    int tile = chunk.span().tile();
    Tile[] value = tiles.value(chunk, t -> scratch.buffer(0, tile));
    List<TileLoop> passes = new ArrayList<>();
    passes.add((t, at, length) -> value[t].load(at, length));
    Tile[] x = value;
    float[] scale = tiles.scale;
    float[] shift = tiles.shift;
    if (membrane != null || tiles.hasResidual()) {
      Tile[] formed = drives(scratch, chunk, membrane);
      if (membrane != null) {
        passes.add((t, at, length) -> formed[t].targetFloats(at, length));
      }
      tiles.form(passes, chunk, value, formed, scratch);
      if (membrane != null) {
        passes.add((t, at, length) -> formed[t].store(at, length));
      }
      x = formed;
      scale = tiles.ones();
      shift = tiles.zeros();
    }
    passes.add(fire(neuron, x, scale, shift, chunk.blocks() == 1 ? null : v, s));
    return passes;
  }

  /** Where the drive is formed: the membrane's memory if it is wanted, else scratch memory. */
  private static Tile[] drives(Scratch scratch, Chunk chunk, Tensor membrane) {
    ByteBuffer copy = scratch.buffer(1, chunk.span().tile());
    if (membrane != null) {
      return chunk.tiles(membrane, t -> copy);
    }
    Tile[] tiles = new Tile[chunk.blocks()];
    Arrays.fill(tiles, Tile.at(copy));
    return tiles;
  }

  private static TileLoop fire(
      Neuron neuron, Tile[] x, float[] scale, float[] shift, float[] v, SpikeTile[] s) {
    if (neuron.integers() != null) {
      IntegerLoops loops = new IntegerLoops(neuron);
      return (t, at, length) -> {
        s[t].target(at, length);
        if (v == null) {
          loops.fire(x[t], scale, shift, s[t], length);
        } else {
          loops.fire(x[t], scale, shift, v, s[t], length);
        }
      };
    }
    if (v == null) {
      return (t, at, length) -> {
        s[t].target(at, length);
        NeuronLoops.fire(neuron, x[t], scale, shift, s[t], length);
      };
    }
    return (t, at, length) -> {
      s[t].target(at, length);
      NeuronLoops.fire(neuron, x[t], scale, shift, v, s[t], length);
    };
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
    float[] centres = sums == null ? tiles.zeros() : span.repeat(centre);
    TileSum[] gradient = TileSum.forParts(span);
    TileSum[] product = TileSum.forParts(span);
    double[] dThreshold = new double[span.parts()];
    span.run(
        team,
        timesteps,
        (part, chunk) -> {
          GradientLoops loops =
              new GradientLoops(neuron, tiles, centres, gradient[part], product[part]);
          FiringGradient way = new FiringGradient(neuron, tiles, loops, chunk, scratch[part]);
          way.plan(dSpikes, dMembrane, dx);
          for (int at = 0; at < chunk.count(); at += span.tile()) {
            dThreshold[part] += way.tile(at);
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
}
