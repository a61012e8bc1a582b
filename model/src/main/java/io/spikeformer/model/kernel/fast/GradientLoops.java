package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Neuron;
import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * One timestep of a tile of neurons, back: from the gradient of the spikes to that of the drive,
 * its sums per channel, and the gradient of the threshold.
 *
 * <p>Behind the end of a tile the gradients that are read must be 0.
 */
final class GradientLoops {
  private final Neuron neuron;
  private final float[] centre;
  private final TileSum sum;
  private final TileSum product;
  // coefficients of the exponent log2(e) alpha (h - threshold) of a single timestep
  private final float[] slope;
  private final float[] offset;
  private final float perDrive;
  private final float[] lanes = new float[Lanes.COUNT];

  /**
   * Prepares for the tiles of one thread.
   *
   * @param drive coefficients of the drive
   * @param centre [tile] subtracted from the value in the sums
   * @param sum receives the sums of the drive's gradient dx
   * @param product receives those of dx * (value - centre)
   */
  GradientLoops(Neuron neuron, DriveTiles drive, float[] centre, TileSum sum, TileSum product) {
    this.neuron = neuron;
    this.centre = centre;
    this.sum = sum;
    this.product = product;
    double factor = neuron.alpha() / Math.log(2);
    this.perDrive = (float) (factor * neuron.gain());
    int tile = centre.length;
    this.slope = new float[tile];
    this.offset = new float[tile];
    for (int i = 0; i < tile; i++) {
      slope[i] = (float) (factor * neuron.gain() * drive.scale[i]);
      offset[i] = (float) (factor * ((double) neuron.gain() * drive.shift[i] - neuron.threshold()));
    }
  }

  /** The gradient of the threshold since the last call. */
  double takeThreshold() {
    double total = 0;
    for (float lane : lanes) {
      total -= lane;
    }
    Arrays.fill(lanes, 0);
    return total;
  }

  /**
   * A single timestep of neurons with the sigmoid surrogate, from value to dx in one loop.
   *
   * <p>All tiles are float32: with conversions inside, the loop is more than Java 17 compiles
   * without vectors on the heap.
   */
  void single(Tile value, Tile dSpikes, Tile dx, int length) {
    ByteBuffer y = value.memory();
    int yFrom = value.from();
    ByteBuffer in = dSpikes.memory();
    int inFrom = dSpikes.from();
    ByteBuffer out = dx.memory();
    int outFrom = dx.from();
    float[] sums = sum.partial;
    float[] products = product.partial;
    float gain = neuron.gain() * neuron.alpha();
    FloatVector through = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector v = Lanes.at(y, yFrom + i);
      FloatVector u = v.fma(Lanes.at(slope, i), Lanes.at(offset, i));
      FloatVector g = Lanes.at(in, inFrom + i).mul(Sigmoid.slope(u));
      through = through.add(g);
      g = g.mul(gain);
      Lanes.put(g, out, outFrom + i);
      Lanes.at(sums, i).add(g).intoArray(sums, i);
      g.fma(v.sub(Lanes.at(centre, i)), Lanes.at(products, i)).intoArray(products, i);
    }
    added(through.mul(neuron.alpha()));
  }

  /** As above for a drive with a residual, whose own gradient goes on to a shortcut. */
  void single(Tile value, Tile residual, Tile dSpikes, Tile dMembrane, Tile dx, int length) {
    ByteBuffer y = value.memory();
    int yFrom = value.from();
    ByteBuffer shortcut = residual.memory();
    int shortcutFrom = residual.from();
    ByteBuffer in = dSpikes.memory();
    int inFrom = dSpikes.from();
    ByteBuffer further = dMembrane.memory();
    int furtherFrom = dMembrane.from();
    ByteBuffer out = dx.memory();
    int outFrom = dx.from();
    float[] sums = sum.partial;
    float[] products = product.partial;
    FloatVector gain = Lanes.broadcast(neuron.gain() * neuron.alpha());
    FloatVector perResidual = Lanes.broadcast(perDrive);
    FloatVector through = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector v = Lanes.at(y, yFrom + i);
      FloatVector u = v.fma(Lanes.at(slope, i), Lanes.at(offset, i));
      u = Lanes.at(shortcut, shortcutFrom + i).fma(perResidual, u);
      FloatVector g = Lanes.at(in, inFrom + i).mul(Sigmoid.slope(u));
      through = through.add(g);
      g = g.fma(gain, Lanes.at(further, furtherFrom + i));
      Lanes.put(g, out, outFrom + i);
      Lanes.at(sums, i).add(g).intoArray(sums, i);
      g.fma(v.sub(Lanes.at(centre, i)), Lanes.at(products, i)).intoArray(products, i);
    }
    added(through.mul(neuron.alpha()));
  }

  /**
   * A timestep of many.
   *
   * @param h membrane potential
   * @param slopes surrogate gradient at h
   * @param dv gradient of v[t]; receives that of v[t-1]
   */
  void step(
      float[] h, float[] slopes, float[] dv, Tile dSpikes, Tile dMembrane, Tile dx, int length) {
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
    FloatVector sumThrough = zero;
    float decay = neuron.decay();
    float gain = neuron.gain();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector through = Lanes.at(inHalf, in, inFrom + i).mul(Lanes.at(slopes, i));
      sumThrough = sumThrough.add(through);
      VectorMask<Float> fired = Lanes.at(h, i).compare(VectorOperators.GE, neuron.threshold());
      FloatVector dh = through.add(Lanes.at(dv, i).blend(zero, fired));
      dh.mul(decay).intoArray(dv, i);
      Lanes.put(
          outHalf,
          dh.mul(gain).add(Lanes.at(furtherHalf, further, furtherFrom + i)),
          out,
          outFrom + i);
    }
    Lanes.at(lanes, 0).add(sumThrough).intoArray(lanes, 0);
  }

  /** Adds dx to the sums; not to be called after {@link #single}. */
  void sums(Tile dx, Tile value, int length) {
    TileLoops.sums(dx, value, centre, sum.partial, product.partial, length);
    sum.tileAdded();
    product.tileAdded();
  }

  private void added(FloatVector through) {
    Lanes.at(lanes, 0).add(through).intoArray(lanes, 0);
    sum.tileAdded();
    product.tileAdded();
  }
}
