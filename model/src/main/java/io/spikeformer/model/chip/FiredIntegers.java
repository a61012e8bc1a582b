package io.spikeformer.model.chip;

import io.spikeformer.model.kernel.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * The integers of the layers of neurons of a pass, in its order.
 *
 * @param levels the largest integer: planes of bits
 * @param layers the planes of each layer's integers, a byte of each plane for 8 integers
 */
record FiredIntegers(int levels, List<byte[]> layers) {
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
    for (int layer = 0; layer < Math.max(layers.size(), other.layers.size()); layer++) {
      byte[] left = layer(layer);
      byte[] right = other.layer(layer);
      int shorter = Math.min(left.length, right.length);
      int longer = Math.max(left.length, right.length);
      all += integers(longer);
      differing += integers(longer - shorter) + differing(left, right, shorter);
    }
    return new Difference(all, differing);
  }

  private byte[] layer(int layer) {
    return layer < layers.size() ? layers.get(layer) : new byte[0];
  }

  private long integers(int bytes) {
    return (long) bytes / levels * DataType.PER_BYTE;
  }

  private long differing(byte[] left, byte[] right, int bytes) {
    long differing = 0;
    for (int at = 0; at < bytes; at += levels) {
      int bits = 0;
      for (int plane = 0; plane < levels; plane++) {
        bits |= left[at + plane] ^ right[at + plane];
      }
      differing += Integer.bitCount(bits & 0xff);
    }
    return differing;
  }
}
