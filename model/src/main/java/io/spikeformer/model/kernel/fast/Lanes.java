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
  // 1 << lane, and how far bit number lane lies from the sign of an int
  private static final IntVector LANE_BITS =
      IntVector.broadcast(INTS, 1).lanewise(VectorOperators.LSHL, IntVector.zero(INTS).addIndex(1));
  private static final IntVector TO_SIGN =
      IntVector.broadcast(INTS, Integer.SIZE - 1).sub(IntVector.zero(INTS).addIndex(1));
  private static final IntVector NO_BITS = IntVector.zero(INTS);
  private static final IntVector ONE_BITS = IntVector.broadcast(INTS, Float.floatToRawIntBits(1));

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
    switch (type) {
      case FLOAT32 -> loadFloats(memory, from, target, at, length);
      case BFLOAT16 -> loadHalves(memory, from, target, at, length);
      case BIT -> loadBits(memory, from, target, at, length);
    }
  }

  /** Elements [from, from + length) of the memory = source[at..at+length), rounded to the type. */
  static void store(
      DataType type, ByteBuffer memory, int from, float[] source, int at, int length) {
    if (type == DataType.FLOAT32) {
      storeFloats(memory, from, source, at, length);
    } else {
      storeHalves(memory, from, source, at, length);
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

  /** target[at..at+length) = bits [from, from + length) of the memory; from begins a byte. */
  static void loadBits(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      expand(memory, from + i).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      int element = from + i;
      target[at + i] = memory.get(element / DataType.PER_BYTE) >> element % DataType.PER_BYTE & 1;
    }
  }

  /** Bits [from, from + length) of the memory = [source != 0]; from begins, length fills a byte. */
  static void storeBits(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      VectorMask<Integer> set =
          FloatVector.fromArray(FLOATS, source, at + i).compare(VectorOperators.NE, 0).cast(INTS);
      int bits = NO_BITS.blend(LANE_BITS, set).reduceLanes(VectorOperators.OR);
      int offset = (from + i) / DataType.PER_BYTE;
      if (COUNT == Short.SIZE) {
        memory.putShort(offset, (short) bits);
      } else {
        memory.put(offset, (byte) bits);
      }
    }
    for (int i = whole; i < length; i += DataType.PER_BYTE) {
      int bits = 0;
      for (int bit = 0; bit < DataType.PER_BYTE; bit++) {
        bits |= source[at + i + bit] != 0 ? 1 << bit : 0;
      }
      memory.put((from + i) / DataType.PER_BYTE, (byte) bits);
    }
  }

  /** A vector of the bits that begin with an element, the first of a byte, as 0 or 1. */
  private static FloatVector expand(ByteBuffer memory, int element) {
    int offset = element / DataType.PER_BYTE;
    int bits = COUNT == Short.SIZE ? memory.getShort(offset) : memory.get(offset);
    return IntVector.broadcast(INTS, bits)
        .lanewise(VectorOperators.LSHL, TO_SIGN)
        .lanewise(VectorOperators.ASHR, Integer.SIZE - 1)
        .and(ONE_BITS)
        .reinterpretAsFloats();
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
    } else if (type == DataType.BIT) {
      for (int i = 0; i < pixels; i++) {
        expand(memory, from + i * channels).intoArray(target, at + i * COUNT);
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
