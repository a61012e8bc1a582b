package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Neuron;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * One timestep of a tile of neurons, forward and backward (see {@link Neuron} for the equations).
 */
final class NeuronArrays {
  private NeuronArrays() {}

  private static FloatVector at(float[] array, int i) {
    return FloatVector.fromArray(Lanes.FLOATS, array, i);
  }

  private static VectorMask<Float> fired(FloatVector h, Neuron neuron) {
    return h.compare(VectorOperators.GE, neuron.threshold());
  }

  /** h = decay v + gain x; spikes = [h &gt;= threshold]; v = h where there is no spike, else 0. */
  static void fire(Neuron neuron, float[] x, float[] v, float[] spikes, int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector h = at(v, i).mul(decay).add(at(x, i).mul(gain));
      VectorMask<Float> fired = fired(h, neuron);
      zero.blend(one, fired).intoArray(spikes, i);
      h.blend(zero, fired).intoArray(v, i);
    }
  }

  /** As above with x = scale value + shift. */
  static void fire(
      Neuron neuron,
      float[] value,
      float[] scale,
      float[] shift,
      float[] v,
      float[] spikes,
      int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = at(scale, i).mul(at(value, i)).add(at(shift, i));
      FloatVector h = at(v, i).mul(decay).add(x.mul(gain));
      VectorMask<Float> fired = fired(h, neuron);
      zero.blend(one, fired).intoArray(spikes, i);
      h.blend(zero, fired).intoArray(v, i);
    }
  }

  /** As above for a single timestep, which needs no v. */
  static void fireOnce(
      Neuron neuron, float[] value, float[] scale, float[] shift, float[] spikes, int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector one = FloatVector.broadcast(Lanes.FLOATS, 1);
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector h = at(scale, i).mul(at(value, i)).add(at(shift, i)).mul(gain);
      zero.blend(one, fired(h, neuron)).intoArray(spikes, i);
    }
  }

  /** h = decay v + gain x; v = h where there is no spike, else 0. */
  static void potential(Neuron neuron, float[] x, float[] v, float[] h, int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector potential = at(v, i).mul(decay).add(at(x, i).mul(gain));
      potential.intoArray(h, i);
      potential.blend(zero, fired(potential, neuron)).intoArray(v, i);
    }
  }

  /** As above with x = scale value + shift. */
  static void potential(
      Neuron neuron,
      float[] value,
      float[] scale,
      float[] shift,
      float[] v,
      float[] h,
      int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = at(scale, i).mul(at(value, i)).add(at(shift, i));
      FloatVector potential = at(v, i).mul(decay).add(x.mul(gain));
      potential.intoArray(h, i);
      potential.blend(zero, fired(potential, neuron)).intoArray(v, i);
    }
  }

  /** As above for a single timestep, which needs no v. */
  static void potentialOnce(
      Neuron neuron, float[] value, float[] scale, float[] shift, float[] h, int length) {
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(scale, i).mul(at(value, i)).add(at(shift, i)).mul(gain).intoArray(h, i);
    }
  }

  /**
   * Back through one timestep.
   *
   * @param h membrane potential
   * @param slope surrogate gradient at h
   * @param dSpikes gradient of the spikes; receives the gradient of the drive
   * @param dv gradient of v[t]; receives that of v[t-1]
   * @param dThreshold [lanes] from which the threshold's gradient is subtracted
   */
  static void back(
      Neuron neuron,
      float[] h,
      float[] slope,
      float[] dSpikes,
      float[] dv,
      float[] dThreshold,
      int length) {
    FloatVector zero = FloatVector.zero(Lanes.FLOATS);
    FloatVector sum = zero;
    float decay = neuron.decay();
    float gain = neuron.gain();
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector through = at(dSpikes, i).mul(at(slope, i));
      sum = sum.add(through);
      FloatVector kept = at(dv, i).blend(zero, fired(at(h, i), neuron));
      FloatVector dh = through.add(kept);
      dh.mul(gain).intoArray(dSpikes, i);
      dh.mul(decay).intoArray(dv, i);
    }
    for (int i = whole; i < length; i++) {
      float through = dSpikes[i] * slope[i];
      dThreshold[0] -= through;
      float dh = through + (h[i] >= neuron.threshold() ? 0 : dv[i]);
      dSpikes[i] = gain * dh;
      dv[i] = decay * dh;
    }
    at(dThreshold, 0).sub(sum).intoArray(dThreshold, 0);
  }

  /** Back through a single timestep: as above without v. */
  static void backOnce(
      Neuron neuron, float[] slope, float[] dSpikes, float[] dThreshold, int length) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    float gain = neuron.gain();
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      FloatVector through = at(dSpikes, i).mul(at(slope, i));
      sum = sum.add(through);
      through.mul(gain).intoArray(dSpikes, i);
    }
    for (int i = whole; i < length; i++) {
      float through = dSpikes[i] * slope[i];
      dThreshold[0] -= through;
      dSpikes[i] = gain * through;
    }
    at(dThreshold, 0).sub(sum).intoArray(dThreshold, 0);
  }

  /** dSpikes = dSpikes - dv * h: the gradient of a reset that is not detached. */
  static void throughReset(float[] h, float[] dv, float[] dSpikes, int length) {
    for (int i = 0; i < length; i += Lanes.COUNT) {
      at(dSpikes, i).sub(at(dv, i).mul(at(h, i))).intoArray(dSpikes, i);
    }
  }

  /** Number of spikes. */
  static int count(float[] spikes, int length) {
    FloatVector sum = FloatVector.zero(Lanes.FLOATS);
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      sum = sum.add(at(spikes, i));
    }
    // sums of small integers: exact in any order
    float count = sum.reduceLanes(VectorOperators.ADD);
    for (int i = whole; i < length; i++) {
      count += spikes[i];
    }
    return (int) count;
  }
}
