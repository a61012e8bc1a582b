package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import io.spikeformer.model.kernel.Neuron;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * One timestep of a tile of neurons that fire integers, both ways (see {@link Neuron} for the
 * equations); the drive is scale x + shift. Every operation rounds as the plain kernels do, so
 * integers and windows are the same.
 */
final class IntegerLoops {
  // added and taken away again, it leaves the nearest integer, ties to even
  private static final float WHOLE = 1 << 23;
  private static final float HALF = 0.5f;

  private final float decay;
  private final float gain;
  private final float threshold;

  /** 1 / threshold if a product with it is the quotient, bit for bit; else 0. */
  private final float perThreshold;

  private final float levels;
  private final boolean up;
  private final boolean closed;
  private final float slope;
  private final float perValue;
  private final boolean detached;

  IntegerLoops(Neuron neuron) {
    decay = neuron.decay();
    gain = neuron.gain();
    threshold = neuron.threshold();
    perThreshold = Operands.isExact(threshold) ? 1 / threshold : 0;
    levels = neuron.integers().levels();
    up = neuron.integers().rounding() == Rounding.HALF_UP;
    closed = neuron.integers().window() == Window.CLOSED;
    slope = neuron.integers().unit() / threshold;
    perValue = threshold / neuron.integers().unit();
    detached = neuron.detachReset();
  }

  private static FloatVector drive(
      boolean half, ByteBuffer in, int at, float[] scale, float[] shift, int i) {
    return Lanes.at(scale, i).mul(Lanes.at(half, in, at)).add(Lanes.at(shift, i));
  }

  /** h / threshold; a division takes longer than all the rest of a neuron. */
  private FloatVector quotient(FloatVector h) {
    return perThreshold == 0 ? h.div(threshold) : h.mul(perThreshold);
  }

  /** round(clamp(h / threshold, 0, levels)). */
  private FloatVector fired(FloatVector h) {
    FloatVector u = quotient(h).max(0).min(levels);
    if (!up) {
      return u.add(WHOLE).sub(WHOLE);
    }
    FloatVector raised = u.add(HALF);
    FloatVector nearest = raised.add(WHOLE).sub(WHOLE);
    return nearest.sub(1, nearest.compare(VectorOperators.GT, raised));
  }

  /** Integers of a single timestep, which needs no v: h = gain drive. */
  void fire(Tile x, float[] scale, float[] shift, SpikeTile spikes, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = spikes.memory();
    int outFrom = spikes.from();
    int planes = spikes.planes();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector h = drive(inHalf, in, inFrom + i, scale, shift, i).mul(gain);
      Planes.put(fired(h), planes, out, outFrom + i);
    }
  }

  /** h = decay v + gain drive; its integer n; v = h - threshold n. */
  void fire(Tile x, float[] scale, float[] shift, float[] v, SpikeTile spikes, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = spikes.memory();
    int outFrom = spikes.from();
    int planes = spikes.planes();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector drive = drive(inHalf, in, inFrom + i, scale, shift, i).mul(gain);
      FloatVector h = Lanes.at(v, i).mul(decay).add(drive);
      FloatVector n = fired(h);
      Planes.put(n, planes, out, outFrom + i);
      h.sub(n.mul(threshold)).intoArray(v, i);
    }
  }

  /** h = decay v + gain drive; v = h - threshold n. */
  void potential(Tile x, float[] scale, float[] shift, float[] v, float[] h, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector drive = drive(inHalf, in, inFrom + i, scale, shift, i).mul(gain);
      FloatVector potential = Lanes.at(v, i).mul(decay).add(drive);
      potential.intoArray(h, i);
      potential.sub(fired(potential).mul(threshold)).intoArray(v, i);
    }
  }

  /**
   * From the gradient of what was handed on to that of the drive.
   *
   * @param h membrane potential
   * @param dv gradient of v[t]; receives that of v[t-1]
   */
  void step(float[] h, float[] dv, Tile dSpikes, Tile dMembrane, Tile dx, int length) {
    ByteBuffer in = dSpikes.memory();
    boolean inHalf = dSpikes.half();
    int inFrom = dSpikes.from();
    ByteBuffer further = dMembrane.memory();
    boolean furtherHalf = dMembrane.half();
    int furtherFrom = dMembrane.from();
    ByteBuffer out = dx.memory();
    boolean outHalf = dx.half();
    int outFrom = dx.from();
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector slopes = Lanes.broadcast(slope);
    float reset = detached ? 0 : perValue;
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector after = Lanes.at(dv, i);
      FloatVector through = Lanes.at(inHalf, in, inFrom + i).sub(after.mul(reset));
      FloatVector inside = zero.blend(slopes, inside(quotient(Lanes.at(h, i))));
      FloatVector dh = through.mul(inside).add(after);
      dh.mul(decay).intoArray(dv, i);
      FloatVector sum = dh.mul(gain).add(Lanes.at(furtherHalf, further, furtherFrom + i));
      Lanes.put(outHalf, sum, out, outFrom + i);
    }
  }

  private VectorMask<Float> inside(FloatVector u) {
    return closed
        ? u.compare(VectorOperators.GE, 0).and(u.compare(VectorOperators.LE, levels))
        : u.compare(VectorOperators.GT, 0).and(u.compare(VectorOperators.LT, levels));
  }
}
