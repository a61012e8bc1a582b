package io.spikeformer.model.block;

import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * One named tensor of a block: declared with the block, bound later to the flat state and gradient.
 */
public final class Parameter {
  private final String name;
  private final Kind kind;
  private final Part part;
  private final InitialValues initialisation;
  private final long fanIn;
  private final List<Integer> shape;
  private final int length;
  private Tensor value;
  private Tensor gradient;

  Parameter(
      String name,
      Kind kind,
      Part part,
      InitialValues initialisation,
      long fanIn,
      List<Integer> shape) {
    this.name = name;
    this.kind = kind;
    this.part = part;
    this.initialisation = initialisation;
    this.fanIn = fanIn;
    this.shape = List.copyOf(shape);
    this.length = shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  /** Name within its block, for example pointwise1.weight. */
  public String name() {
    return name;
  }

  public Kind kind() {
    return kind;
  }

  /** The part of the network that it belongs to. */
  public Part part() {
    return part;
  }

  /** Dimensions as in PyTorch. */
  public List<Integer> shape() {
    return shape;
  }

  public int length() {
    return length;
  }

  /** Initial values, a pure function of the seed and the parameter's name. */
  public float[] initial(long seed) {
    return initialisation.draw(length, fanIn, seed * 0x9E3779B97F4A7C15L + name.hashCode());
  }

  void bindValue(Tensor tensor) {
    value = tensor;
  }

  void bindGradient(Tensor tensor) {
    gradient = tensor;
  }

  Tensor value() {
    return value;
  }

  Tensor gradient() {
    return gradient;
  }
}
