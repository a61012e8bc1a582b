package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.DataType;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Moves elements between the formats of tensors and float32, both outside the heap.
 *
 * <p>Positions are elements of the format concerned.
 *
 * <p>No method of this class may be compiled as a part of its caller ({@code conf/jvm.options}):
 * HotSpot would take several of these loops into one large lambda, run out of its budget for
 * inlining in the middle, and compute what is left on objects.
 */
final class Formats {
  private Formats() {}

  /** Float32 to float32. */
  static void copy(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.put(Lanes.at(source, from + i), target, to + i);
    }
    for (int i = whole; i < length; i++) {
      target.putFloat(Float.BYTES * (to + i), source.getFloat(Float.BYTES * (from + i)));
    }
  }

  /** Bfloat16 to bfloat16. */
  static void copyHalves(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    target.put(Short.BYTES * to, source, Short.BYTES * from, Short.BYTES * length);
  }

  /** Bfloat16 to float32. */
  static void widen(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.put(Lanes.halvesAt(source, from + i), target, to + i);
    }
    for (int i = whole; i < length; i++) {
      short half = source.getShort(Short.BYTES * (from + i));
      target.putFloat(Float.BYTES * (to + i), DataType.fromBfloat16(half));
    }
  }

  /** Bits to float32; from begins a byte. */
  static void expand(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.put(Lanes.bitsAt(source, from + i), target, to + i);
    }
    for (int i = whole; i < length; i++) {
      int element = from + i;
      int bits = source.get(element / DataType.PER_BYTE) >> element % DataType.PER_BYTE;
      target.putFloat(Float.BYTES * (to + i), bits & 1);
    }
  }

  /** Integers in planes of bits to float32, times a unit; from begins a byte. */
  static void expand(
      ByteBuffer source, int planes, float unit, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.put(Planes.at(source, planes, from + i).mul(unit), target, to + i);
    }
    for (int i = whole; i < length; i++) {
      target.putFloat(Float.BYTES * (to + i), unit * Planes.integer(source, planes, from + i));
    }
  }

  /** As {@link #expand} to bfloat16, which must hold the products with the unit exactly. */
  static void expandHalves(
      ByteBuffer source, int planes, float unit, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    if (planes == 1 && unit == 1) {
      for (int i = 0; i < whole; i += Lanes.COUNT) {
        Lanes.putExactHalves(Lanes.bitsAt(source, from + i), target, to + i);
      }
    } else {
      for (int i = 0; i < whole; i += Lanes.COUNT) {
        FloatVector integers = Planes.at(source, planes, from + i);
        Lanes.putExactHalves(integers.mul(unit), target, to + i);
      }
    }
    for (int i = whole; i < length; i++) {
      float value = unit * Planes.integer(source, planes, from + i);
      target.putShort(Short.BYTES * (to + i), DataType.toBfloat16(value));
    }
  }

  /** Float32 to bfloat16, rounded. */
  static void narrow(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      Lanes.putHalves(Lanes.at(source, from + i), target, to + i);
    }
    for (int i = whole; i < length; i++) {
      float value = source.getFloat(Float.BYTES * (from + i));
      target.putShort(Short.BYTES * (to + i), DataType.toBfloat16(value));
    }
  }

  /** Float32 to bits, 1 for what is not 0; to begins and length fills a byte. */
  static void pack(ByteBuffer source, int from, ByteBuffer target, int to, int length) {
    int whole = Lanes.roundDown(length);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      VectorMask<Float> set = Lanes.at(source, from + i).compare(VectorOperators.NE, 0);
      Lanes.putBits(set, target, to + i);
    }
    for (int i = whole; i < length; i += DataType.PER_BYTE) {
      int bits = 0;
      for (int bit = 0; bit < DataType.PER_BYTE; bit++) {
        bits |= source.getFloat(Float.BYTES * (from + i + bit)) != 0 ? 1 << bit : 0;
      }
      target.put((to + i) / DataType.PER_BYTE, (byte) bits);
    }
  }
}
