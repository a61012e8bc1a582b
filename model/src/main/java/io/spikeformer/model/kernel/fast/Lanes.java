package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
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
 * The vectors that kernels compute with, and how elements of any type get into vectors and into
 * float arrays.
 */
final class Lanes {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
  static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  static final int COUNT = FLOATS.length();

  static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  // 1 << lane, and how far bit number lane lies from the sign of an int
  private static final IntVector LANE_BITS =
      IntVector.broadcast(INTS, 1).lanewise(VectorOperators.LSHL, IntVector.zero(INTS).addIndex(1));
  private static final IntVector TO_SIGN =
      IntVector.broadcast(INTS, Integer.SIZE - 1).sub(IntVector.zero(INTS).addIndex(1));
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);
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

  /** target[at..at+length) = elements [from, from + length) of the memory of a tensor. */
  static void load(Tensor tensor, ByteBuffer memory, int from, float[] target, int at, int length) {
    if (tensor.planes() == 1 && tensor.unit() == 1) {
      load(tensor.type(), memory, from, target, at, length);
    } else {
      loadIntegers(tensor, memory, from, target, at, length);
    }
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
    switch (type) {
      case FLOAT32 -> storeFloats(memory, from, source, at, length);
      case BFLOAT16 -> storeHalves(memory, from, source, at, length);
      case BIT -> storeBits(memory, from, source, at, length);
    }
  }

  /** target[at..at+length) = float32 elements [from, from + length) of the memory. */
  static void loadFloats(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      at(memory, from + i).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      target[at + i] = memory.getFloat(4 * (from + i));
    }
  }

  /** Float32 elements [from, from + length) of the memory = source[at..at+length). */
  static void storeFloats(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      put(at(source, at + i), memory, from + i);
    }
    for (int i = whole; i < length; i++) {
      memory.putFloat(4 * (from + i), source[at + i]);
    }
  }

  /** target[at..at+length) = bfloat16 elements [from, from + length) of the memory. */
  static void loadHalves(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      halvesAt(memory, from + i).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      target[at + i] = DataType.fromBfloat16(memory.getShort(2 * (from + i)));
    }
  }

  /** Bfloat16 elements [from, from + length) of the memory = source[at..at+length), rounded. */
  static void storeHalves(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      putHalves(at(source, at + i), memory, from + i);
    }
    for (int i = whole; i < length; i++) {
      memory.putShort(2 * (from + i), DataType.toBfloat16(source[at + i]));
    }
  }

  /** target[at..at+length) = bits [from, from + length) of the memory; from begins a byte. */
  static void loadBits(ByteBuffer memory, int from, float[] target, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      bitsAt(memory, from + i).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      int element = from + i;
      target[at + i] = memory.get(element / DataType.PER_BYTE) >> element % DataType.PER_BYTE & 1;
    }
  }

  private static void loadIntegers(
      Tensor form, ByteBuffer memory, int from, float[] target, int at, int length) {
    int planes = form.planes();
    float unit = form.unit();
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      Planes.at(memory, planes, from + i).mul(unit).intoArray(target, at + i);
    }
    for (int i = whole; i < length; i++) {
      target[at + i] = unit * Planes.integer(memory, planes, from + i);
    }
  }

  /** Bits [from, from + length) of the memory = [source != 0]; from begins, length fills a byte. */
  static void storeBits(ByteBuffer memory, int from, float[] source, int at, int length) {
    int whole = roundDown(length);
    for (int i = 0; i < whole; i += COUNT) {
      putBits(at(source, at + i).compare(VectorOperators.NE, 0), memory, from + i);
    }
    for (int i = whole; i < length; i += DataType.PER_BYTE) {
      int bits = 0;
      for (int bit = 0; bit < DataType.PER_BYTE; bit++) {
        bits |= source[at + i + bit] != 0 ? 1 << bit : 0;
      }
      memory.put((from + i) / DataType.PER_BYTE, (byte) bits);
    }
  }

  /**
   * Sorts the channels of a line of pixels into vectors: vector v of pixel i goes to target[at + v
   * * stride + i * COUNT...]; channels that a last vector lacks are left as they are.
   *
   * @param form a tensor with the format of the memory
   * @param from element of the first channel of the first pixel
   * @param channels elements from pixel to pixel
   */
  static void sort(
      Tensor form,
      ByteBuffer memory,
      int from,
      int channels,
      int pixels,
      float[] target,
      int at,
      int stride) {
    int whole = roundDown(channels);
    for (int i = 0; i < pixels; i++) {
      int pixel = from + i * channels;
      int to = at + i * COUNT;
      if (form.planes() > 1 || form.unit() != 1) {
        for (int c = 0; c < whole; c += COUNT, to += stride) {
          loadIntegers(form, memory, pixel + c, target, to, COUNT);
        }
        if (whole < channels) {
          loadIntegers(form, memory, pixel + whole, target, to, channels - whole);
        }
        continue;
      }
      switch (form.type()) {
        case FLOAT32 -> {
          for (int c = 0; c < whole; c += COUNT, to += stride) {
            at(memory, pixel + c).intoArray(target, to);
          }
        }
        case BFLOAT16 -> {
          for (int c = 0; c < whole; c += COUNT, to += stride) {
            halvesAt(memory, pixel + c).intoArray(target, to);
          }
        }
        case BIT -> {
          for (int c = 0; c < whole; c += COUNT, to += stride) {
            bitsAt(memory, pixel + c).intoArray(target, to);
          }
        }
      }
      if (whole < channels) {
        load(form.type(), memory, pixel + whole, target, to, channels - whole);
      }
    }
  }

  static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  static FloatVector at(float[] array, int i) {
    return FloatVector.fromArray(FLOATS, array, i);
  }

  /** The vector that begins with a float32 element of the memory. */
  static FloatVector at(ByteBuffer memory, int element) {
    return FloatVector.fromByteBuffer(FLOATS, memory, Float.BYTES * element, ORDER);
  }

  /** The vector that begins with a bfloat16 element of the memory. */
  static FloatVector halvesAt(ByteBuffer memory, int element) {
    IntVector bits =
        (IntVector)
            ShortVector.fromByteBuffer(HALVES, memory, Short.BYTES * element, ORDER)
                .convertShape(VectorOperators.S2I, INTS, 0);
    return bits.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
  }

  /** The vector that begins with a bfloat16 (half) or float32 element of the memory. */
  static FloatVector at(boolean half, ByteBuffer memory, int element) {
    return half ? halvesAt(memory, element) : at(memory, element);
  }

  /** The vector that begins with a bit of the memory, the first of a byte, as 0 or 1. */
  static FloatVector bitsAt(ByteBuffer memory, int element) {
    int offset = element / DataType.PER_BYTE;
    int bits = COUNT == Short.SIZE ? memory.getShort(offset) : memory.get(offset);
    return IntVector.broadcast(INTS, bits)
        .lanewise(VectorOperators.LSHL, TO_SIGN)
        .lanewise(VectorOperators.ASHR, Integer.SIZE - 1)
        .and(ONE_BITS)
        .reinterpretAsFloats();
  }

  /** Writes a vector to where a float32 element of the memory is. */
  static void put(FloatVector values, ByteBuffer memory, int element) {
    values.intoByteBuffer(memory, Float.BYTES * element, ORDER);
  }

  /** Writes a vector to where a bfloat16 (half; rounded) or float32 element of the memory is. */
  static void put(boolean half, FloatVector values, ByteBuffer memory, int element) {
    if (half) {
      putHalves(values, memory, element);
    } else {
      put(values, memory, element);
    }
  }

  /** Writes a vector, rounded, to where a bfloat16 element of the memory is. */
  static void putHalves(FloatVector values, ByteBuffer memory, int element) {
    IntVector bits = values.reinterpretAsInts();
    IntVector upper = bits.lanewise(VectorOperators.LSHR, Short.SIZE);
    IntVector rounded =
        bits.add(upper.and(1)).add(0x7fff).lanewise(VectorOperators.LSHR, Short.SIZE);
    VectorMask<Integer> nan = bits.and(Integer.MAX_VALUE).compare(VectorOperators.GT, INFINITY);
    ((ShortVector) rounded.blend(upper.or(0x40), nan).convertShape(VectorOperators.I2S, HALVES, 0))
        .intoByteBuffer(memory, Short.BYTES * element, ORDER);
  }

  /** Writes a vector of values that are exact in bfloat16 to where a bfloat16 element is. */
  static void putExactHalves(FloatVector values, ByteBuffer memory, int element) {
    IntVector bits = values.reinterpretAsInts().lanewise(VectorOperators.LSHR, Short.SIZE);
    ((ShortVector) bits.convertShape(VectorOperators.I2S, HALVES, 0))
        .intoByteBuffer(memory, Short.BYTES * element, ORDER);
  }

  /**
   * Writes a mask to where a bit of the memory is, the first of a byte. (Java 17 compiles the
   * mask's own toLong to a loop.)
   */
  static void putBits(VectorMask<Float> set, ByteBuffer memory, int element) {
    int bits = NO_BITS.blend(LANE_BITS, set.cast(INTS)).reduceLanes(VectorOperators.OR);
    if (COUNT == Short.SIZE) {
      memory.putShort(element / DataType.PER_BYTE, (short) bits);
    } else {
      memory.put(element / DataType.PER_BYTE, (byte) bits);
    }
  }
}
