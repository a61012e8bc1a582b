package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.io.Output;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.apache.spark.serializer.DeserializationStream;
import org.apache.spark.serializer.SerializationStream;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import scala.reflect.ClassTag;

/**
 * How slices travel from the workers to the mean: copied chunk by chunk from where they lie into
 * the stream, and read chunk by chunk where they are added up. So neither side ever holds one. Of
 * each slice: length of the header, header, elements (little endian), CRC32C of all of that. The
 * keys are not written, since a slice names its place itself.
 *
 * <p>The result of reading is an {@link ArrivingSlice}, whose elements must be taken before the
 * next one is asked for. Not relocatable: Spark's writer for that would copy every slice twice
 * more.
 */
final class SliceStreams extends Serializer implements Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public SerializerInstance newInstance() {
    return new Instance();
  }

  /** Streams alone: single objects never travel this way. */
  private static final class Instance extends SerializerInstance {
    @Override
    public SerializationStream serializeStream(OutputStream stream) {
      return new Writer(stream);
    }

    @Override
    public DeserializationStream deserializeStream(InputStream stream) {
      return new Reader(stream);
    }

    @Override
    public <T> ByteBuffer serialize(T object, ClassTag<T> type) {
      throw new UnsupportedOperationException("slices travel in streams");
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassTag<T> type) {
      throw new UnsupportedOperationException("slices travel in streams");
    }

    @Override
    public <T> T deserialize(ByteBuffer bytes, ClassLoader loader, ClassTag<T> type) {
      throw new UnsupportedOperationException("slices travel in streams");
    }
  }

  /** Writes slices. */
  private static final class Writer extends SerializationStream {
    private final DataOutputStream stream;
    private final byte[] bytes = new byte[Payload.CHUNK * Float.BYTES];
    private final ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    Writer(OutputStream stream) {
      this.stream = new DataOutputStream(stream);
    }

    @Override
    public <T> SerializationStream writeKey(T key, ClassTag<T> type) {
      return this;
    }

    @Override
    public <T> SerializationStream writeValue(T value, ClassTag<T> type) {
      return writeObject(value, type);
    }

    @Override
    public <T> SerializationStream writeObject(T value, ClassTag<T> type) {
      try {
        // a writer that has run out of memory reads back what it has put aside
        if (value instanceof ArrivingSlice arriving) {
          write(arriving.header(), arriving::next);
          arriving.finish();
        } else {
          Slice slice = (Slice) value;
          write(SliceHeader.of(slice), slice.payload().open());
        }
        return this;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private void write(SliceHeader header, Payload.Chunks chunks) throws IOException {
      CRC32C sum = new CRC32C();
      Output form = new Output(256, -1);
      header.write(form);
      byte[] head = form.toBytes();
      stream.writeInt(head.length);
      stream.write(head);
      sum.update(head);
      for (int left = header.bytes(); left > 0; left -= bytes.length) {
        int count = Math.min(left, bytes.length);
        chunks.next(chunk.clear().limit(count));
        sum.update(bytes, 0, count);
        stream.write(bytes, 0, count);
      }
      stream.writeInt((int) sum.getValue());
    }

    @Override
    public void flush() {
      try {
        stream.flush();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  /** Reads slices. */
  private static final class Reader extends DeserializationStream {
    private final InputStream stream;
    private ArrivingSlice newest;

    Reader(InputStream stream) {
      this.stream = stream;
    }

    /** Goes to the next slice; Spark takes the exception at the stream's end as that. */
    @Override
    @SuppressWarnings("unchecked")
    public <T> T readKey(ClassTag<T> type) {
      try {
        if (newest != null) {
          newest.requireTaken();
        }
        newest = ArrivingSlice.next(stream);
        return (T) Long.valueOf(newest.header().index());
      } catch (IOException failure) {
        throw SliceStreams.<RuntimeException>unchanged(failure);
      }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T readValue(ClassTag<T> type) {
      return (T) newest;
    }

    @Override
    public <T> T readObject(ClassTag<T> type) {
      readKey(type);
      return readValue(type);
    }

    @Override
    public void close() {
      try {
        stream.close();
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  /** Spark's methods declare no exceptions, but its own streams throw them. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchanged(Throwable failure) throws E {
    throw (E) failure;
  }
}
