package io.spikeformer.model.cost;

/**
 * How the operations of a network are counted. The two differ by more than a factor of two: figures
 * of one must never be compared with figures of the other.
 */
public enum CountingConvention {
  /**
   * The published one: linear chains are merged. A depthwise convolution and the pointwise one
   * after it are one dense 7x7 convolution, a RepConv is one dense 3x3 convolution.
   */
  FUSED("fused"),
  /** The operations that training and this engine run: the parts of those chains separately. */
  AS_EXECUTED("as executed");

  private final String label;

  CountingConvention(String label) {
    this.label = label;
  }

  /** The words used in reports. */
  public String label() {
    return label;
  }
}
