package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Kryo form of a {@link Slice} on the heap: what the workers keep from round to round, where it
 * does not fit into memory. Records have final fields, which Kryo's own serializer cannot set.
 */
public final class SliceSerializer extends Serializer<Slice> {
  public SliceSerializer() {
    super(false, true);
  }

  @Override
  public void write(Kryo kryo, Output output, Slice slice) {
    SliceHeader.of(slice).write(output);
    byte[] bytes = new byte[Payload.CHUNK * Float.BYTES];
    Payload.Chunks chunks = slice.payload().open();
    int left = slice.payload().bytes();
    while (left > 0) {
      int count = Math.min(left, bytes.length);
      chunks.next(ByteBuffer.wrap(bytes, 0, count).order(ByteOrder.LITTLE_ENDIAN));
      output.writeBytes(bytes, 0, count);
      left -= count;
    }
  }

  @Override
  public Slice read(Kryo kryo, Input input, Class<Slice> type) {
    SliceHeader header = SliceHeader.read(input);
    ByteBuffer bytes =
        ByteBuffer.wrap(input.readBytes(header.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    return new Slice(header.index(), header.samples(), header.payload(bytes), header.reports());
  }
}
