package io.spikeformer.train.spark.averaging;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.List;

/** The elements of a slice, where they lie. */
public sealed interface Payload {
  /** Elements that travel at a time: few enough for the second level cache. */
  int CHUNK = 1 << 14;

  /** No elements. */
  Payload NONE = new Floats(new float[0]);

  /** Number of elements. */
  int elements();

  /** Bytes of all of them. */
  int bytes();

  /** What they are. */
  Form form();

  /** Reads the elements from the first one on. */
  Chunks open();

  /** The kinds of elements. */
  enum Form {
    /** Values, float32. */
    VALUES,
    /** Differences from the round's start, bfloat16. */
    HALVES,
    /** Differences from the round's start, see {@link DifferenceCoding}. */
    CODED
  }

  /** Elements in their order. */
  @FunctionalInterface
  interface Chunks {
    /** Fills a little-endian buffer from its position to its limit, which are whole elements. */
    void next(ByteBuffer chunk);
  }

  /** Values on the heap. */
  record Floats(float[] values) implements Payload {
    @Override
    public int elements() {
      return values.length;
    }

    @Override
    public int bytes() {
      return values.length * Float.BYTES;
    }

    @Override
    public Form form() {
      return Form.VALUES;
    }

    @Override
    public Chunks open() {
      FloatBuffer from = FloatBuffer.wrap(values);
      return chunk -> {
        int count = chunk.remaining() / Float.BYTES;
        chunk.asFloatBuffer().put(values, from.position(), count);
        from.position(from.position() + count);
        chunk.position(chunk.limit());
      };
    }
  }

  /** Differences from the round's start as bfloat16, on the heap. */
  record Changes(short[] halves) implements Payload {
    @Override
    public int elements() {
      return halves.length;
    }

    @Override
    public int bytes() {
      return halves.length * Short.BYTES;
    }

    @Override
    public Form form() {
      return Form.HALVES;
    }

    @Override
    public Chunks open() {
      ShortBuffer from = ShortBuffer.wrap(halves);
      return chunk -> {
        int count = chunk.remaining() / Short.BYTES;
        chunk.asShortBuffer().put(halves, from.position(), count);
        from.position(from.position() + count);
        chunk.position(chunk.limit());
      };
    }
  }

  /**
   * Coded differences from the round's start, on the heap.
   *
   * @param elements number of values
   * @param coded see {@link DifferenceCoding}
   */
  record Coded(int elements, byte[] coded) implements Payload {
    @Override
    public int bytes() {
      return coded.length;
    }

    @Override
    public Form form() {
      return Form.CODED;
    }

    @Override
    public Chunks open() {
      ByteBuffer from = ByteBuffer.wrap(coded);
      return chunk -> {
        int count = chunk.remaining();
        chunk.put(coded, from.position(), count);
        from.position(from.position() + count);
      };
    }
  }

  /**
   * Differences of values in the tensors of a replica from the round's start, formed as they are
   * read.
   *
   * @param start the same slice of the state that the round began with
   * @param values the values now
   */
  record ChangesInPlace(SharedState.Stored start, InPlace values) implements Payload {
    @Override
    public int elements() {
      return values.elements();
    }

    @Override
    public int bytes() {
      return elements() * Short.BYTES;
    }

    @Override
    public Form form() {
      return Form.HALVES;
    }

    @Override
    public Chunks open() {
      FloatBuffer before = FloatBuffer.wrap(start.values());
      Chunks now = values.open();
      ByteBuffer floats = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      return chunk -> {
        while (chunk.hasRemaining()) {
          int count = Math.min(chunk.remaining() / Short.BYTES, CHUNK);
          now.next(floats.clear().limit(count * Float.BYTES));
          FloatBuffer after = floats.flip().asFloatBuffer();
          for (int i = 0; i < count; i++) {
            chunk.putShort(Slice.change(before.get(), after.get()));
          }
        }
      };
    }
  }

  /**
   * Values in the tensors of a replica, which must not change before they are written. Addresses
   * rather than tensors: Spark walks through all that a buffered record refers to, to estimate its
   * size.
   *
   * @param addresses of the parts, which follow each other
   * @param lengths bytes of each
   */
  record InPlace(long[] addresses, int[] lengths) implements Payload {
    public static InPlace of(List<Tensor> parts) {
      return new InPlace(
          parts.stream().mapToLong(Tensor::address).toArray(),
          parts.stream().mapToInt(part -> (int) part.byteSize()).toArray());
    }

    /** A copy on the heap. */
    Floats copy() {
      float[] values = new float[elements()];
      ByteBuffer bytes = ByteBuffer.allocate(bytes()).order(ByteOrder.LITTLE_ENDIAN);
      open().next(bytes);
      bytes.flip().asFloatBuffer().get(values);
      return new Floats(values);
    }

    @Override
    public int elements() {
      return bytes() / Float.BYTES;
    }

    @Override
    public int bytes() {
      return Arrays.stream(lengths).sum();
    }

    @Override
    public Form form() {
      return Form.VALUES;
    }

    @Override
    public Chunks open() {
      ByteBuffer[] parts = new ByteBuffer[addresses.length];
      for (int i = 0; i < parts.length; i++) {
        int count = lengths[i] / Float.BYTES;
        parts[i] = Tensor.view(DataType.FLOAT32, addresses[i], count).bytes(0, count);
      }
      return chunk -> {
        for (ByteBuffer part : parts) {
          int count = Math.min(part.remaining(), chunk.remaining());
          chunk.put(chunk.position(), part, part.position(), count);
          chunk.position(chunk.position() + count);
          part.position(part.position() + count);
        }
      };
    }
  }
}
