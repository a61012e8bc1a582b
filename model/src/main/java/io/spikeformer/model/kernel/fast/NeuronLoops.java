package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Neuron;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * One timestep of a tile of neurons, forward (see {@link Neuron} for the equations); the drive is
 * scale x + shift.
 */
final class NeuronLoops {
  private NeuronLoops() {}

  private static VectorMask<Float> fired(FloatVector h, Neuron neuron) {
    return h.compare(VectorOperators.GE, neuron.threshold());
  }

  /** spikes = [h &gt;= threshold] for a single timestep, which needs no v: h = gain drive. */
  static void fire(
      Neuron neuron, Tile x, float[] scale, float[] shift, SpikeTile spikes, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = spikes.memory();
    int outFrom = spikes.from();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector h = drive(inHalf, in, inFrom, scale, shift, i).mul(gain);
      Lanes.putBits(fired(h, neuron), out, outFrom + i);
    }
  }

  private static FloatVector drive(
      boolean half, ByteBuffer in, int inFrom, float[] scale, float[] shift, int i) {
    return Lanes.at(scale, i).mul(Lanes.at(half, in, inFrom + i)).add(Lanes.at(shift, i));
  }

  /**
   * h = decay v + gain drive; spikes = [h &gt;= threshold]; v = h where there is no spike, else 0.
   */
  static void fire(
      Neuron neuron,
      Tile x,
      float[] scale,
      float[] shift,
      float[] v,
      SpikeTile spikes,
      int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    ByteBuffer out = spikes.memory();
    int outFrom = spikes.from();
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector drive = drive(inHalf, in, inFrom, scale, shift, i).mul(gain);
      FloatVector h = Lanes.at(v, i).mul(decay).add(drive);
      VectorMask<Float> fired = fired(h, neuron);
      Lanes.putBits(fired, out, outFrom + i);
      h.blend(zero, fired).intoArray(v, i);
    }
  }

  /** h = decay v + gain drive; v = h where there is no spike, else 0. */
  static void potential(
      Neuron neuron, Tile x, float[] scale, float[] shift, float[] v, float[] h, int length) {
    ByteBuffer in = x.memory();
    boolean inHalf = x.half();
    int inFrom = x.from();
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector drive = drive(inHalf, in, inFrom, scale, shift, i).mul(gain);
      FloatVector potential = Lanes.at(v, i).mul(decay).add(drive);
      potential.intoArray(h, i);
      potential.blend(zero, fired(potential, neuron)).intoArray(v, i);
    }
  }

  /** adjusted = dSpikes - dv * h: the gradient through a reset that is not detached. */
  static void throughReset(Tile dSpikes, float[] h, float[] dv, Tile adjusted, int length) {
    ByteBuffer in = dSpikes.memory();
    boolean inHalf = dSpikes.half();
    int inFrom = dSpikes.from();
    ByteBuffer out = adjusted.memory();
    boolean outHalf = adjusted.half();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector reset = Lanes.at(dv, i).mul(Lanes.at(h, i));
      Lanes.put(outHalf, Lanes.at(inHalf, in, inFrom + i).sub(reset), out, adjusted.from() + i);
    }
  }
}
