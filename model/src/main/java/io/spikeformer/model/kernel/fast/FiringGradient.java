package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.config.Surrogate;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The way back through all timesteps of one chunk; h[t] is recomputed from the drive. */
final class FiringGradient {
  private static final int VALUES = 16;
  private static final int POTENTIALS = 2;

  private final Neuron neuron;
  private final DriveTiles drive;
  private final GradientLoops loops;
  private final Chunk chunk;
  private final Scratch scratch;
  private final int timesteps;
  private final int tile;
  private final Tile[] value;
  private final float[] v;
  private final List<TileLoop> forward = new ArrayList<>();
  private final List<TileLoop> back = new ArrayList<>();

  FiringGradient(
      Neuron neuron, DriveTiles drive, GradientLoops loops, Chunk chunk, Scratch scratch) {
    this.neuron = neuron;
    this.drive = drive;
    this.loops = loops;
    this.chunk = chunk;
    this.scratch = scratch;
    this.timesteps = chunk.blocks();
    this.tile = chunk.span().tile();
    // kept from the way forward to the way back
    this.value = drive.value(chunk, t -> scratch.buffer(VALUES + t, tile));
    this.v = scratch.array(0, tile);
  }

  /** Plans what {@link #tile} does; dMembrane may be null. */
  void plan(Tensor dSpikes, Tensor dMembrane, Tensor dx) {
    Tile[] ds = chunk.tiles(dSpikes, t -> scratch.buffer(0, tile));
    Tile[] further =
        dMembrane == null ? zeros() : chunk.tiles(dMembrane, t -> scratch.buffer(1, tile));
    Tile[] out = chunk.tiles(dx, t -> scratch.buffer(2, tile));
    if (timesteps > 1 || neuron.surrogate() != Surrogate.SIGMOID || neuron.integers() != null) {
      forward.add((t, at, length) -> value[t].load(at, length));
      back.add((t, at, length) -> ds[t].load(at, length));
      if (dMembrane != null) {
        back.add((t, at, length) -> further[t].load(at, length));
      }
      back.add((t, at, length) -> out[t].target(at, length));
      if (neuron.integers() == null) {
        planSteps(ds, further, out);
      } else {
        planIntegers(ds, further, out);
      }
    } else {
      planSingle(ds[0], dMembrane == null ? null : further[0], out[0]);
    }
    back.add((t, at, length) -> out[t].store(at, length));
  }

  private void planSingle(Tile ds, Tile dMembrane, Tile out) {
    Tile x = value[0];
    Tile residual = drive.hasResidual() ? drive.residual(chunk, scratch)[0] : null;
    for (Tile tile : new Tile[] {x, ds, dMembrane, residual}) {
      if (tile != null) {
        back.add((t, at, length) -> tile.loadFloats(at, length));
      }
    }
    back.add((t, at, length) -> out.targetFloats(at, length));
    if (dMembrane == null && residual == null) {
      back.add((t, at, length) -> loops.single(x, ds, out, length));
    } else {
      Tile shortcut = residual == null ? zeros()[0] : residual;
      Tile further = dMembrane == null ? zeros()[0] : dMembrane;
      back.add((t, at, length) -> loops.single(x, shortcut, ds, further, out, length));
    }
  }

  private Tile[] zeros() {
    ByteBuffer zeros = scratch.buffer(3, tile);
    for (int i = 0; i < Lanes.roundUp(tile); i++) {
      zeros.putFloat(Float.BYTES * i, 0);
    }
    return tiles(zeros);
  }

  /** The same tile for every timestep. */
  private Tile[] tiles(ByteBuffer memory) {
    Tile[] tiles = new Tile[timesteps];
    Arrays.fill(tiles, Tile.at(memory));
    return tiles;
  }

  private void planSteps(Tile[] ds, Tile[] further, Tile[] out) {
    float[][] h = potentials();
    forward.add(
        potentials(
            (x, scale, shift, before, now, length) ->
                NeuronLoops.potential(neuron, x, scale, shift, before, now, length),
            h));
    float[] slope = scratch.array(1, tile);
    back.add((t, at, length) -> SurrogateLoops.slope(neuron, h[t], slope, length));
    Tile[] gradient = ds;
    if (!neuron.detachReset()) {
      gradient = tiles(scratch.buffer(4, tile));
      Tile[] adjusted = gradient;
      back.add((t, at, length) -> NeuronLoops.throughReset(ds[t], h[t], v, adjusted[t], length));
    }
    Tile[] dSpikes = gradient;
    back.add((t, at, length) -> loops.step(h[t], slope, v, dSpikes[t], further[t], out[t], length));
    back.add((t, at, length) -> loops.sums(out[t], value[t], length));
  }

  private void planIntegers(Tile[] ds, Tile[] further, Tile[] out) {
    IntegerLoops integers = new IntegerLoops(neuron);
    float[][] h = potentials();
    forward.add(potentials(integers::potential, h));
    back.add((t, at, length) -> integers.step(h[t], v, ds[t], further[t], out[t], length));
    back.add((t, at, length) -> loops.sums(out[t], value[t], length));
  }

  /** h[t] and v[t] from the drive and v[t-1]. */
  private interface Potential {
    void find(Tile x, float[] scale, float[] shift, float[] v, float[] h, int length);
  }

  private float[][] potentials() {
    float[][] h = new float[timesteps][];
    for (int t = 0; t < timesteps; t++) {
      h[t] = scratch.array(POTENTIALS + t, tile);
    }
    return h;
  }

  private TileLoop potentials(Potential loop, float[][] h) {
    if (!drive.hasResidual()) {
      return (t, at, length) -> loop.find(value[t], drive.scale, drive.shift, v, h[t], length);
    }
    Tile[] x = tiles(scratch.buffer(5, tile));
    drive.form(forward, chunk, value, x, scratch);
    float[] ones = drive.ones();
    float[] zeros = drive.zeros();
    return (t, at, length) -> loop.find(x[t], ones, zeros, v, h[t], length);
  }

  /** Runs the tile that begins at an element forward and back; returns d(threshold). */
  double tile(int at) {
    int length = chunk.length(at);
    Arrays.fill(v, 0, tile, 0);
    for (int t = 0; t < timesteps; t++) {
      TileLoop.runAll(forward, t, at, length);
    }
    Arrays.fill(v, 0, tile, 0);
    for (int t = timesteps - 1; t >= 0; t--) {
      TileLoop.runAll(back, t, at, length);
    }
    return loops.takeThreshold();
  }
}
