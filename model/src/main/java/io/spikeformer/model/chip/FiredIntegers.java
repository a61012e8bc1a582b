package io.spikeformer.model.chip;

import java.util.ArrayList;
import java.util.List;

/**
 * The integers of the layers of neurons of a pass, in its order.
 *
 * @param levels the largest integer: planes of bits
 * @param layers of neurons
 */
record FiredIntegers(int levels, List<Layer> layers) {
  /**
   * The integers of a layer.
   *
   * @param planes a byte of each plane for 8 of them
   * @param integers how many they are; the planes may have zeros beside them
   */
  record Layer(byte[] planes, long integers) {
    private static final Layer NONE = new Layer(new byte[0], 0);
  }

  /** Of a pass that begins. */
  FiredIntegers(int levels) {
    this(levels, new ArrayList<>());
  }

  /** The same that later passes leave. */
  FiredIntegers kept() {
    return new FiredIntegers(levels, List.copyOf(layers));
  }

  /**
   * Compares two passes layer by layer. One has more integers where a detector's heads read more
   * regions.
   */
  Difference from(FiredIntegers other) {
    long all = 0;
    long differing = 0;
    for (int i = 0; i < Math.max(layers.size(), other.layers.size()); i++) {
      Layer left = layer(i);
      Layer right = other.layer(i);
      all += Math.max(left.integers, right.integers);
      differing += Math.abs(left.integers - right.integers) + differing(left, right);
    }
    return new Difference(all, differing);
  }

  private Layer layer(int layer) {
    return layer < layers.size() ? layers.get(layer) : Layer.NONE;
  }

  private long differing(Layer left, Layer right) {
    long differing = 0;
    int bytes = Math.min(left.planes.length, right.planes.length);
    for (int at = 0; at < bytes; at += levels) {
      int bits = 0;
      for (int plane = 0; plane < levels; plane++) {
        bits |= left.planes[at + plane] ^ right.planes[at + plane];
      }
      differing += Integer.bitCount(bits & 0xff);
    }
    return differing;
  }
}
