package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/** Neurons over time, in one pass over memory each way; h[t] is recomputed on the way back. */
final class FastNeurons {
  private final Team team;
  private final Scratch[] scratch;

  FastNeurons(Team team, Scratch[] scratch) {
    this.team = team;
    this.scratch = scratch;
  }

  void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts) {
    Span span = span(drive, timesteps);
    DriveTiles tiles = new DriveTiles(drive, span);
    long block = span.rows() * span.channels();
    long[][] fired = new long[span.parts()][timesteps];
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  DriveTiles.Part x = tiles.open(timesteps, block, from, count);
                  Blocks kept = Blocks.of(membrane, timesteps, block, from, count);
                  Blocks s = Blocks.of(spikes, timesteps, block, from, count);
                  for (int at = 0; at < count; at += span.tile()) {
                    int length = Math.min(span.tile(), count - at);
                    fireTile(scratch[part], neuron, x, kept, s, at, length, fired[part]);
                  }
                }));
    if (counts != null) {
      for (long[] part : fired) {
        for (int t = 0; t < timesteps; t++) {
          counts[t] += part[t];
        }
      }
    }
  }

  private static void fireTile(
      Scratch scratch,
      Neuron neuron,
      DriveTiles.Part drive,
      Blocks membrane,
      Blocks spikes,
      int at,
      int length,
      long[] fired) {
    float[] x = scratch.array(0, length);
    float[] spare = scratch.array(1, length);
    float[] v = scratch.array(2, length);
    Arrays.fill(v, 0);
    for (int t = 0; t < fired.length; t++) {
      drive.load(t, at, x, spare, length);
      if (membrane != null) {
        membrane.store(t, at, x, length);
      }
      NeuronArrays.step(neuron, x, v, spare, length);
      spikes.store(t, at, spare, length);
      fired[t] += NeuronArrays.count(spare, length);
    }
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
    long block = span.rows() * span.channels();
    DriveTiles tiles = new DriveTiles(drive, span);
    Backward[] parts = new Backward[span.parts()];
    for (int part = 0; part < parts.length; part++) {
      parts[part] =
          new Backward(neuron, timesteps, scratch[part], sums == null ? null : centre, span);
    }
    team.run(
        span.parts(),
        part ->
            span.forEachChunk(
                part,
                (from, count) -> {
                  DriveTiles.Part x = tiles.open(timesteps, block, from, count);
                  Blocks ds = Blocks.of(dSpikes, timesteps, block, from, count);
                  Blocks dm = Blocks.of(dMembrane, timesteps, block, from, count);
                  Blocks out = Blocks.of(dx, timesteps, block, from, count);
                  for (int at = 0; at < count; at += span.tile()) {
                    parts[part].tile(x, ds, dm, out, at, Math.min(span.tile(), count - at));
                  }
                }));
    double dThreshold = 0;
    for (Backward part : parts) {
      dThreshold += part.dThreshold;
    }
    if (sums != null) {
      TileSum.combine(collect(parts, true), sums.gradient());
      TileSum.combine(collect(parts, false), sums.product());
    }
    return dThreshold;
  }

  private static TileSum[] collect(Backward[] parts, boolean gradient) {
    TileSum[] sums = new TileSum[parts.length];
    for (int i = 0; i < parts.length; i++) {
      sums[i] = gradient ? parts[i].gradient : parts[i].product;
    }
    return sums;
  }

  private Span span(Drive drive, int timesteps) {
    long rows = drive.value().rows() / timesteps;
    return Span.of(rows, drive.value().channels(), timesteps, team.size());
  }

  /** The backward pass of one part. */
  private static final class Backward {
    private final Neuron neuron;
    private final int timesteps;
    private final Scratch scratch;
    private final float[] centre;
    private final TileSum gradient;
    private final TileSum product;
    private final float[] lanes = new float[Lanes.COUNT];
    private double dThreshold;

    Backward(Neuron neuron, int timesteps, Scratch scratch, float[] centre, Span span) {
      this.neuron = neuron;
      this.timesteps = timesteps;
      this.scratch = scratch;
      this.centre = span.repeat(centre);
      this.gradient = centre == null ? null : new TileSum(span);
      this.product = centre == null ? null : new TileSum(span);
    }

    void tile(DriveTiles.Part drive, Blocks ds, Blocks dm, Blocks dx, int at, int length) {
      potentials(drive, at, length);
      float[] gradients = scratch.array(0, length);
      float[] spare = scratch.array(1, length);
      float[] dv = scratch.array(2, length);
      Arrays.fill(dv, 0);
      Arrays.fill(lanes, 0);
      for (int t = timesteps - 1; t >= 0; t--) {
        float[] h = potential(t, length);
        ds.load(t, at, gradients, length);
        if (!neuron.detachReset()) {
          NeuronArrays.throughReset(h, dv, gradients, length);
        }
        SurrogateArrays.slope(neuron, h, spare, length);
        NeuronArrays.back(neuron, h, spare, gradients, dv, lanes, length);
        if (dm != null) {
          dm.load(t, at, spare, length);
          Arrays32.add(gradients, spare, length);
        }
        dx.store(t, at, gradients, length);
        if (centre != null) {
          Arrays32.accumulate(
              gradients, value(t, length), centre, gradient.partial, product.partial, length);
          gradient.tileAdded();
          product.tileAdded();
        }
      }
      for (float lane : lanes) {
        dThreshold += lane;
      }
    }

    /** Keeps value[t] and h[t] for all t. */
    private void potentials(DriveTiles.Part drive, int at, int length) {
      float[] x = scratch.array(0, length);
      float[] spare = scratch.array(1, length);
      float[] v = scratch.array(2, length);
      Arrays.fill(v, 0);
      for (int t = 0; t < timesteps; t++) {
        drive.value(t, at, x, length);
        if (centre != null) {
          System.arraycopy(x, 0, value(t, length), 0, length);
        }
        drive.complete(t, at, x, spare, length);
        NeuronArrays.potential(neuron, x, v, potential(t, length), length);
      }
    }

    private float[] potential(int t, int length) {
      return scratch.array(3 + 2 * t, length);
    }

    private float[] value(int t, int length) {
      return scratch.array(4 + 2 * t, length);
    }
  }
}
