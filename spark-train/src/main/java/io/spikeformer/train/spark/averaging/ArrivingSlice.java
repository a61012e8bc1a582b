package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.io.Input;
import io.spikeformer.common.Text;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** A slice whose elements are still in the stream that it comes from. */
final class ArrivingSlice {
  private final SliceHeader header;
  private final DataInputStream stream;
  private final CRC32C sum = new CRC32C();
  private int left;
  private boolean finished;

  private ArrivingSlice(byte[] head, DataInputStream stream) {
    this.header = SliceHeader.read(new Input(head));
    this.stream = stream;
    this.left = header.bytes();
    sum.update(head);
  }

  /**
   * Reads up to the elements.
   *
   * @throws EOFException if the stream has ended
   */
  static ArrivingSlice next(InputStream stream) throws IOException {
    DataInputStream in = new DataInputStream(stream);
    byte[] head = new byte[in.readInt()];
    in.readFully(head);
    return new ArrivingSlice(head, in);
  }

  SliceHeader header() {
    return header;
  }

  /** Fills a buffer on the heap with the next elements, see {@link Payload.Chunks}. */
  void next(ByteBuffer chunk) {
    int count = chunk.remaining();
    int from = chunk.arrayOffset() + chunk.position();
    try {
      stream.readFully(chunk.array(), from, count);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    sum.update(chunk.array(), from, count);
    chunk.position(chunk.limit());
    left -= count;
  }

  /** Whether all elements were read. */
  boolean isRead() {
    return left == 0;
  }

  /**
   * Checks what was read, all of it.
   *
   * @throws DamagedSliceException if that is not what was written
   */
  void finish() throws IOException {
    int expected = stream.readInt();
    finished = true;
    DamagedSliceException.require("slice " + header.index(), expected, (int) sum.getValue());
  }

  void requireTaken() {
    if (!finished) {
      throw new IllegalStateException(
          Text.format(
              "slice %s: expected its elements to be read before the next slice, found %s bytes"
                  + " left",
              header.index(), left));
    }
  }
}
