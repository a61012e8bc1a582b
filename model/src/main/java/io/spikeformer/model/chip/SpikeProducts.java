package io.spikeformer.model.chip;

import io.spikeformer.common.UserException;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.MatmulShape.Strides;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Products of two sorts of integers, the attention's, by additions. */
final class SpikeProducts {
  // a byte of 0 or 1 for each bit of the index
  private static final long[] BYTES_OF_BITS = bytesOfBits();

  private SpikeProducts() {}

  private static long[] bytesOfBits() {
    long[] all = new long[1 << DataType.PER_BYTE];
    for (int bits = 0; bits < all.length; bits++) {
      for (int bit = 0; bit < DataType.PER_BYTE; bit++) {
        all[bits] |= (long) (bits >> bit & 1) << Byte.SIZE * bit;
      }
    }
    return all;
  }

  /** A copy of the planes of bits of integers. */
  static byte[] planes(Tensor integers) {
    byte[] planes = new byte[(int) integers.byteSize()];
    integers.bytes(0, integers.elements()).get(planes);
    return planes;
  }

  /** Integers of a tensor in planes of bits, without its unit. */
  static byte[] integers(Tensor tensor) {
    ByteBuffer planes = tensor.bytes(0, tensor.elements());
    byte[] integers = new byte[(int) tensor.elements()];
    ByteBuffer target = ByteBuffer.wrap(integers).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    for (int i = 0; i < integers.length; i += DataType.PER_BYTE) {
      long eight = 0;
      for (int plane = 0; plane < tensor.planes(); plane++) {
        eight += BYTES_OF_BITS[planes.get(at++) & 0xff];
      }
      target.putLong(i, eight);
    }
    return integers;
  }

  /**
   * C = A B of integers, where every spike of A adds a row of B. B's integers have been counted
   * before, so all its slots have come: there is a barrier.
   *
   * @param a integers; each counts as so many spikes
   * @param b integers, or sums of their products
   * @return the additions: of B's spikes while they are counted, and of numbers of its rows
   */
  static long matmul(String layer, MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    byte[] left = integers(a);
    float[] right = b.toArray();
    float[] out = c.toArray();
    long additions = b.planes() > 1 ? sum(integers(b)) : 0;
    long[] row = new long[shape.columns()];
    for (int image = 0; image < shape.images(); image++) {
      for (int head = 0; head < shape.heads(); head++) {
        for (int r = 0; r < shape.rows(); r++) {
          Arrays.fill(row, 0);
          for (int k = 0; k < shape.inner(); k++) {
            int spikes = left[at(shape.a(), image, head, r, k)];
            for (int j = 0; spikes > 0 && j < row.length; j++) {
              row[j] += spikes * (long) right[at(shape.b(), image, head, k, j)];
            }
            additions += (long) spikes * row.length;
          }
          for (int j = 0; j < row.length; j++) {
            requireInt(layer, row[j]);
            out[at(shape.c(), image, head, r, j)] = row[j];
          }
        }
      }
    }
    c.put(out);
    return additions;
  }

  private static void requireInt(String layer, long sum) {
    if (sum != (int) sum) {
      throw new UserException(
          "expand: layer %s: expected sums within %s, the largest number of 32 bits, found %s;"
              + " evaluate smaller images",
          layer, Integer.MAX_VALUE, sum);
    }
  }

  private static long sum(byte[] integers) {
    long sum = 0;
    for (byte integer : integers) {
      sum += integer;
    }
    return sum;
  }

  private static int at(Strides s, int image, int head, int row, int column) {
    return (int) (s.image() * image + s.head() * head + s.row() * row + s.column() * column);
  }
}
