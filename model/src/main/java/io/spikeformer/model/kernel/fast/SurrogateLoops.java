package io.spikeformer.model.kernel.fast;

import io.spikeformer.common.Text;
import io.spikeformer.model.kernel.Neuron;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Surrogate gradients over arrays. */
final class SurrogateLoops {
  private SurrogateLoops() {}

  /** slope = surrogate gradient at h. */
  static void slope(Neuron neuron, float[] h, float[] slope, int length) {
    switch (neuron.surrogate()) {
      case SIGMOID:
        sigmoid(neuron, h, slope, length);
        break;
      case ATAN:
        atan(neuron, h, slope, length);
        break;
      case TRIANGLE:
        triangle(neuron, h, slope, length);
        break;
      case RECTANGLE:
        rectangle(neuron, h, slope, length);
        break;
      default:
        throw new IllegalArgumentException(
            Text.format("surrogate: no kernel for %s", neuron.surrogate()));
    }
  }

  private static FloatVector distance(Neuron neuron, float[] h, int i) {
    return Lanes.at(h, i).sub(neuron.threshold());
  }

  /** alpha e / (1 + e)^2 with e = exp(-|alpha u|). */
  private static void sigmoid(Neuron neuron, float[] h, float[] slope, int length) {
    float exponent = (float) (neuron.alpha() / Math.log(2));
    float alpha = neuron.alpha();
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = distance(neuron, h, i).mul(exponent);
      Sigmoid.slope(x).mul(alpha).intoArray(slope, i);
    }
  }

  /** alpha / 2 / (1 + (pi/2 alpha u)^2). */
  private static void atan(Neuron neuron, float[] h, float[] slope, int length) {
    float factor = (float) (Math.PI / 2 * neuron.alpha());
    FloatVector half = Lanes.broadcast(neuron.alpha() / 2);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = distance(neuron, h, i).mul(factor);
      half.div(x.mul(x).add(1)).intoArray(slope, i);
    }
  }

  /** alpha max(0, 1 - alpha |u|). */
  private static void triangle(Neuron neuron, float[] h, float[] slope, int length) {
    float alpha = neuron.alpha();
    FloatVector one = Lanes.broadcast(1);
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector x = one.sub(distance(neuron, h, i).mul(alpha).abs());
      x.max(0).mul(alpha).intoArray(slope, i);
    }
  }

  /** alpha where |u| &lt;= 1 / (2 alpha), else 0. */
  private static void rectangle(Neuron neuron, float[] h, float[] slope, int length) {
    FloatVector alpha = Lanes.broadcast(neuron.alpha());
    FloatVector zero = Lanes.broadcast(0);
    float reach = (float) (0.5 / neuron.alpha());
    for (int i = 0; i < length; i += Lanes.COUNT) {
      FloatVector u = distance(neuron, h, i).abs();
      zero.blend(alpha, u.compare(VectorOperators.LE, reach)).intoArray(slope, i);
    }
  }
}
