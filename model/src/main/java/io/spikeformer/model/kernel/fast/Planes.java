package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Vectors of integers in planes of bits (see {@link io.spikeformer.model.kernel.Tensor}): 8
 * elements lie in as many bytes as there are planes, a byte for each.
 */
final class Planes {
  // planes of bits that are taken at a time, and a bit for each of them
  private static final int WORD = Integer.BYTES;
  private static final IntVector EVERY_BYTE = IntVector.broadcast(Lanes.INTS, 0x01010101);
  private static final IntVector LANE_IN_BYTE =
      IntVector.zero(Lanes.INTS).addIndex(1).and(DataType.PER_BYTE - 1);
  private static final IntVector FIRST_BYTE = byteOfLane(0);
  private static final IntVector SECOND_BYTE = byteOfLane(1);
  private static final VectorShuffle<Integer> BY_BYTE =
      VectorShuffle.fromOp(Lanes.INTS, lane -> lane % 2 * (Lanes.COUNT / 2) + lane / 2);
  // added to a small integer, it leaves that in the lowest bits
  private static final float WHOLE = 1 << 23;

  private Planes() {}

  /** All bits of the lanes whose element lies in a byte. */
  private static IntVector byteOfLane(int number) {
    int[] lanes = new int[Lanes.COUNT];
    Arrays.setAll(lanes, lane -> lane / DataType.PER_BYTE == number ? -1 : 0);
    return IntVector.fromArray(Lanes.INTS, lanes, 0);
  }

  /** The vector of integers that begins with an element of planes of bits, the first of a byte. */
  static FloatVector at(ByteBuffer memory, int planes, int element) {
    int at = element / DataType.PER_BYTE * planes;
    IntVector integers = counts(memory, at, planes, Math.min(planes, WORD));
    if (planes > WORD) {
      integers = integers.add(counts(memory, at + WORD, planes, planes - WORD));
    }
    return (FloatVector) integers.convertShape(VectorOperators.I2F, Lanes.FLOATS, 0);
  }

  /** Bits of each lane in so many planes. A lane's are 8 bits apart; the product adds them up. */
  private static IntVector counts(ByteBuffer memory, int at, int planes, int taken) {
    IntVector bits = IntVector.broadcast(Lanes.INTS, word(memory, at, taken));
    if (Lanes.COUNT == Short.SIZE) {
      IntVector second = IntVector.broadcast(Lanes.INTS, word(memory, at + planes, taken));
      bits = bits.and(FIRST_BYTE).or(second.and(SECOND_BYTE));
    }
    return bits.lanewise(VectorOperators.LSHR, LANE_IN_BYTE)
        .and(EVERY_BYTE)
        .mul(EVERY_BYTE)
        .lanewise(VectorOperators.LSHR, Integer.SIZE - Byte.SIZE);
  }

  /** Up to four bytes that follow each other, the first one lowest. */
  private static int word(ByteBuffer memory, int at, int bytes) {
    if (bytes == WORD) {
      return memory.getInt(at);
    }
    int word = 0;
    for (int i = 0; i < bytes; i++) {
      word |= (memory.get(at + i) & 0xff) << Byte.SIZE * i;
    }
    return word;
  }

  /** One integer in planes of bits. */
  static int integer(ByteBuffer memory, int planes, int element) {
    int at = element / DataType.PER_BYTE * planes;
    int integer = 0;
    for (int plane = 0; plane < planes; plane++) {
      integer += memory.get(at + plane) >> element % DataType.PER_BYTE & 1;
    }
    return integer;
  }

  /**
   * Writes a vector of integers 0..planes to where an element of planes of bits is, the first of a
   * byte.
   */
  static void put(FloatVector integers, int planes, ByteBuffer memory, int element) {
    int at = element / DataType.PER_BYTE * planes;
    if (planes <= WORD) {
      putPlanes(integers, memory, at, planes, planes);
    } else {
      putPlanes(integers.min(WORD), memory, at, planes, WORD);
      putPlanes(integers.sub(WORD).max(0), memory, at + WORD, planes, planes - WORD);
    }
  }

  /** Writes up to four planes of all: of an integer n as many bits, 8 apart, at its place there. */
  private static void putPlanes(
      FloatVector integers, ByteBuffer memory, int at, int planes, int written) {
    // 32 - 8 n are shifted out in two halves: a shift by all 32 bits would be one by 0. The sum's
    // last bits are 16 - 4 n, and a shift takes those alone.
    IntVector half = integers.mul(-WORD).add(WHOLE + Short.SIZE).reinterpretAsInts();
    IntVector bits =
        EVERY_BYTE
            .lanewise(VectorOperators.LSHR, half)
            .lanewise(VectorOperators.LSHR, half)
            .lanewise(VectorOperators.LSHL, LANE_IN_BYTE);
    if (Lanes.COUNT == Short.SIZE) {
      // elements of the first byte into even lanes, of the second one into odd lanes
      long words = bits.rearrange(BY_BYTE).reinterpretAsLongs().reduceLanes(VectorOperators.OR);
      putWord((int) words, memory, at, written);
      putWord((int) (words >>> Integer.SIZE), memory, at + planes, written);
    } else {
      putWord(bits.reduceLanes(VectorOperators.OR), memory, at, written);
    }
  }

  private static void putWord(int word, ByteBuffer memory, int at, int bytes) {
    if (bytes == WORD) {
      memory.putInt(at, word);
      return;
    }
    for (int i = 0; i < bytes; i++) {
      memory.put(at + i, (byte) (word >> Byte.SIZE * i));
    }
  }
}
