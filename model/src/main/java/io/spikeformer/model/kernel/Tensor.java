package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A dense, C-contiguous, off-heap array: activations [T*B, H, W, C], tokens [T*B, N, C] or
 * parameters.
 *
 * <p>Bits may lie in several planes, so that an element is an integer 0..planes in unary code:
 * plane d has a bit where the integer is above d, d from 0. Byte i of plane d is byte i * planes +
 * d of the memory, so every slice is contiguous, and the sum of all integers is the number of set
 * bits. The value of an element is its integer times {@link #unit()}.
 *
 * <p>A tensor either owns its memory (64-byte aligned; {@link #close()} frees it) or is a view of
 * somebody else's. It does no bounds checks beyond those of construction; shapes are checked where
 * a block is built.
 */
public final class Tensor implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private final DataType type;
  private final int planes;
  private final float unit;
  private final long[] shape;
  private final long elements;
  private final long address;
  private final BytePointer owned;
  // a view keeps the memory that it looks at from being collected
  private final Tensor base;

  private Tensor(Format format, long[] shape, long address, BytePointer owned, Tensor base) {
    DataType type = format.type;
    if (type == DataType.BIT && shape[shape.length - 1] % DataType.PER_BYTE != 0) {
      throw new IllegalArgumentException(
          Text.format(
              "bits: expected channels that are a multiple of %s, found %s",
              DataType.PER_BYTE, Arrays.toString(shape)));
    }
    this.type = type;
    this.planes = format.planes;
    this.unit = format.unit;
    this.shape = shape.clone();
    this.elements = count(shape);
    this.address = address;
    this.owned = owned;
    this.base = base;
  }

  /** How elements are stored. */
  private record Format(DataType type, int planes, float unit) {
    static Format of(DataType type) {
      return new Format(type, 1, 1);
    }

    static Format integers(int planes, float unit) {
      if (planes < 1 || unit <= 0) {
        throw new IllegalArgumentException(
            Text.format("planes: expected >= 1 of a unit > 0, found %s of %s", planes, unit));
      }
      return new Format(DataType.BIT, planes, unit);
    }
  }

  /** Allocates uninitialised memory for the shape, rounded up to a multiple of 64 bytes. */
  public static Tensor allocate(DataType type, long... shape) {
    return allocate(Format.of(type), shape);
  }

  /** As {@link #allocate} for integers 0..planes times a unit. */
  public static Tensor allocateIntegers(int planes, float unit, long... shape) {
    return allocate(Format.integers(planes, unit), shape);
  }

  private static Tensor allocate(Format format, long... shape) {
    long elements = count(shape);
    long bytes = (format.planes * format.type.byteSize(elements) + ALIGNMENT - 1) & -ALIGNMENT;
    BytePointer memory = new BytePointer(bytes + ALIGNMENT);
    long address = (memory.address() + ALIGNMENT - 1) & -ALIGNMENT;
    return new Tensor(format, shape, address, memory, null);
  }

  /** A float32 tensor with the given values. */
  public static Tensor of(float[] values, long... shape) {
    Tensor tensor = allocate(DataType.FLOAT32, shape);
    tensor.put(values);
    return tensor;
  }

  /** A view of memory at an address, which must stay valid as long as the view is used. */
  public static Tensor view(DataType type, long address, long... shape) {
    return new Tensor(Format.of(type), shape, address, null, null);
  }

  /** As {@link #view} for integers 0..planes times a unit. */
  public static Tensor viewIntegers(int planes, float unit, long address, long... shape) {
    return new Tensor(Format.integers(planes, unit), shape, address, null, null);
  }

  /** The same integers with another unit. */
  public Tensor withUnit(float newUnit) {
    return new Tensor(new Format(type, planes, newUnit), shape, address, null, root());
  }

  private Format format() {
    return new Format(type, planes, unit);
  }

  /** The same memory under another shape of at most as many elements. */
  public Tensor reshape(long... newShape) {
    if (count(newShape) > elements) {
      throw new IllegalArgumentException(
          Text.format(
              "reshape: expected at most %s elements, found %s",
              elements, Arrays.toString(newShape)));
    }
    return new Tensor(format(), newShape, address, null, root());
  }

  /**
   * Elements [from, from + count(shape)) of this tensor under a shape, as a view; from must lie at
   * the beginning of a byte.
   */
  public Tensor slice(long from, long... newShape) {
    return new Tensor(format(), newShape, address + byteSize(from), null, root());
  }

  private Tensor root() {
    return base == null ? this : base;
  }

  public DataType type() {
    return type;
  }

  /** Planes of bits: the largest integer of an element; 1 for other types. */
  public int planes() {
    return planes;
  }

  /** The value of the integer 1; 1 for other types. */
  public float unit() {
    return unit;
  }

  /** A copy of the dimensions. */
  public long[] shape() {
    return shape.clone();
  }

  /** One dimension. */
  public long size(int dimension) {
    return shape[dimension];
  }

  public long elements() {
    return elements;
  }

  /** Size of the innermost dimension: channels, contiguous in memory. */
  public int channels() {
    return (int) shape[shape.length - 1];
  }

  /** Elements / channels. */
  public long rows() {
    return elements / channels();
  }

  public long address() {
    return address;
  }

  public long byteSize() {
    return byteSize(elements);
  }

  private long byteSize(long count) {
    return planes * type.byteSize(count);
  }

  /** Elements [from, from + count) as bytes in native order: whole bytes, and less than 2 GiB. */
  public ByteBuffer bytes(long from, long count) {
    Pointer pointer = new Address(address + byteSize(from));
    pointer.limit(byteSize(count));
    return new BytePointer(pointer)
        .capacity(byteSize(count))
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** The whole memory for native calls. */
  public Pointer pointer() {
    return new Address(address);
  }

  /** One element as float, for any type; slow, for plain code and tests. */
  public float get(long index) {
    int within = (int) (index % DataType.PER_BYTE);
    return read(bytes(index - within, DataType.PER_BYTE), within);
  }

  private float read(ByteBuffer memory, int index) {
    return switch (type) {
      case FLOAT32 -> memory.getFloat(Float.BYTES * index);
      case BFLOAT16 -> DataType.fromBfloat16(memory.getShort(Short.BYTES * index));
      case BIT -> unit * integer(memory, index);
    };
  }

  private int integer(ByteBuffer memory, int index) {
    int at = index / DataType.PER_BYTE * planes;
    int integer = 0;
    for (int plane = 0; plane < planes; plane++) {
      integer += memory.get(at + plane) >> index % DataType.PER_BYTE & 1;
    }
    return integer;
  }

  private void write(ByteBuffer memory, int index, float value) {
    switch (type) {
      case FLOAT32 -> memory.putFloat(Float.BYTES * index, value);
      case BFLOAT16 -> memory.putShort(Short.BYTES * index, DataType.toBfloat16(value));
      case BIT -> {
        int at = index / DataType.PER_BYTE * planes;
        int bit = 1 << index % DataType.PER_BYTE;
        for (int plane = 0; plane < planes; plane++) {
          boolean set = planes == 1 ? value != 0 : value > unit * (plane + 0.5f);
          int bits = memory.get(at + plane);
          memory.put(at + plane, (byte) (set ? bits | bit : bits & ~bit));
        }
      }
    }
  }

  /** Copies out as float32, for any type. */
  public float[] toArray() {
    float[] values = new float[Math.toIntExact(elements)];
    if (type == DataType.FLOAT32) {
      new FloatPointer(pointer()).get(values);
    } else {
      ByteBuffer source = bytes(0, elements);
      for (int i = 0; i < values.length; i++) {
        values[i] = read(source, i);
      }
    }
    return values;
  }

  /** Copies in, rounding to this tensor's type. */
  public void put(float[] values) {
    put(values, 0, values.length);
  }

  /** Copies a part of an array in, rounding to this tensor's type. */
  public void put(float[] values, int offset, int length) {
    if (length > elements) {
      throw new IllegalArgumentException(
          Text.format("put: expected at most %s values, found %s", elements, length));
    }
    if (type == DataType.FLOAT32) {
      new FloatPointer(pointer()).put(values, offset, length);
    } else {
      ByteBuffer target = bytes(0, elements);
      for (int i = 0; i < length; i++) {
        write(target, i, values[offset + i]);
      }
    }
  }

  /** Sets all bytes to zero. */
  public void zero() {
    Pointer.memset(pointer(), 0, byteSize());
  }

  /** Copies the same number of bytes from a tensor of the same type. */
  public void copyFrom(Tensor source) {
    if (!source.format().equals(format()) || source.elements != elements) {
      throw new IllegalArgumentException(Text.format("copy: expected %s, found %s", this, source));
    }
    Pointer.memcpy(pointer(), source.pointer(), byteSize());
  }

  /** Frees the memory if this tensor owns it. */
  @Override
  public void close() {
    if (owned != null) {
      owned.deallocate();
    }
  }

  @Override
  public String toString() {
    return (planes == 1 ? "" : planes + " planes of ") + type + Arrays.toString(shape);
  }

  private static long count(long[] shape) {
    long count = 1;
    for (long size : shape) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }

  /** A pointer that owns nothing. */
  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
