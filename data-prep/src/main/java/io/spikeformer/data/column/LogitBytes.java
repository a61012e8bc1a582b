package io.spikeformer.data.column;

import io.spikeformer.common.Text;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A sample's logits as the bytes of their column: float32, little-endian, by class. */
final class LogitBytes {
  private LogitBytes() {}

  static byte[] encode(float[] logits) {
    ByteBuffer bytes = littleEndian(new byte[logits.length * Float.BYTES]);
    bytes.asFloatBuffer().put(logits);
    return bytes.array();
  }

  /**
   * Reads them back.
   *
   * @param count values that there must be
   * @throws IllegalArgumentException if there are others
   */
  static float[] decode(byte[] bytes, int count) {
    if (bytes.length != count * Float.BYTES) {
      throw new IllegalArgumentException(
          Text.format(
              "logits: expected %d bytes for %d classes, found %d",
              count * Float.BYTES, count, bytes.length));
    }
    float[] logits = new float[count];
    littleEndian(bytes).asFloatBuffer().get(logits);
    return logits;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
