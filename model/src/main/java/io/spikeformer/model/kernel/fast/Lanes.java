package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Moves elements between off-heap memory and float arrays.
 *
 * <p>Every elementwise kernel works on arrays of about a thousand floats that stay in the first
 * level cache, so the types of its tensors matter only here.
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
  static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  static final int COUNT = FLOATS.length();

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private Lanes() {}

  /** Rounded up to a whole number of vectors. */
  static int roundUp(int length) {
    return (length + COUNT - 1) / COUNT * COUNT;
  }

  /** Rounded down to a whole number of vectors. */
  static int roundDown(int length) {
    return length / COUNT * COUNT;
  }

  /** target[at..at+length) = elements [from, from + length) of the memory. */
  static void load(DataType type, ByteBuffer memory, int from, float[] target, int at, int length) {
    if (type == DataType.FLOAT32) {
      loadFloats(memory, from, target, at, length);
    } else {
      loadHalves(memory, from, target, at, length);
    }
  }

  /** target[at..at+length) = float32 elements [from, from + length) of the memory. */
  static void loadFloats(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector.fromByteBuffer(FLOATS, memory, 4 * (from + i), ORDER).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      target[at + i] = memory.getFloat(4 * (from + i));
    }
  }

  /** Float32 elements [from, from + length) of the memory = source[at..at+length). */
  static void storeFloats(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector.fromArray(FLOATS, source, at + i).intoByteBuffer(memory, 4 * (from + i), ORDER);
    }
    for (int i = whole; i < length; i++) {
      memory.putFloat(4 * (from + i), source[at + i]);
    }
  }

  /** target[at..at+length) = bfloat16 elements [from, from + length) of the memory. */
  static void loadHalves(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      widen(memory, 2 * (from + i)).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      target[at + i] = DataType.fromBfloat16(memory.getShort(2 * (from + i)));
    }
  }

  /** Bfloat16 elements [from, from + length) of the memory = source[at..at+length), rounded. */
  static void storeHalves(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      FloatVector values = FloatVector.fromArray(FLOATS, source, at + i);
      IntVector bits = values.reinterpretAsInts();
      IntVector even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
      IntVector rounded = bits.add(even).add(0x7fff).lanewise(VectorOperators.LSHR, 16);
      VectorMask<Integer> nan = values.compare(VectorOperators.NE, values).cast(INTS);
      IntVector quiet = bits.lanewise(VectorOperators.LSHR, 16).or(0x40);
      ((ShortVector) rounded.blend(quiet, nan).convertShape(VectorOperators.I2S, HALVES, 0))
          .intoByteBuffer(memory, 2 * (from + i), ORDER);
    }
    for (int i = whole; i < length; i++) {
      memory.putShort(2 * (from + i), DataType.toBfloat16(source[at + i]));
    }
  }

  /**
   * Gathers up to {@link #COUNT} neighbouring channels of a line of pixels: pixel i goes to
   * target[at + i * COUNT...], missing channels as 0.
   *
   * @param from element of the first channel of the first pixel
   * @param channels elements from pixel to pixel
   * @param lanes channels to take
   */
  static void gather(
      DataType type,
      ByteBuffer memory,
      int from,
      int channels,
      int lanes,
      float[] target,
      int at,
      int pixels) {
    if (lanes < COUNT) {
      for (int i = 0; i < pixels; i++) {
        load(type, memory, from + i * channels, target, at + i * COUNT, lanes);
      }
    } else if (type == DataType.FLOAT32) {
      for (int i = 0; i < pixels; i++) {
        FloatVector.fromByteBuffer(FLOATS, memory, 4 * (from + i * channels), ORDER)
            .intoArray(target, at + i * COUNT);
      }
    } else {
      for (int i = 0; i < pixels; i++) {
        widen(memory, 2 * (from + i * channels)).intoArray(target, at + i * COUNT);
      }
    }
  }

  private static FloatVector widen(ByteBuffer memory, int offset) {
    IntVector bits =
        (IntVector)
            ShortVector.fromByteBuffer(HALVES, memory, offset, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }
}
