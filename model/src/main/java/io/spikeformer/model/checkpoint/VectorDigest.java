package io.spikeformer.model.checkpoint;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256 of vectors of float32: of the bytes that a checkpoint holds for them, without its
 * checksums. Equal values have equal digests, and nothing else goes into them.
 */
final class VectorDigest {
  private static final int CHUNK = 1 << 16;

  private VectorDigest() {}

  /** The digest of vectors one after the other, in hexadecimal digits. */
  static String sha256(List<float[]> vectors) {
    MessageDigest digest = sha256();
    ByteBuffer chunk = CheckpointFormat.buffer(CHUNK * Float.BYTES);
    for (float[] vector : vectors) {
      for (int from = 0; from < vector.length; from += CHUNK) {
        int count = Math.min(CHUNK, vector.length - from);
        chunk.asFloatBuffer().put(vector, from, count);
        digest.update(chunk.array(), 0, count * Float.BYTES);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
