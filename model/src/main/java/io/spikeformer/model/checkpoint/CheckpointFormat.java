package io.spikeformer.model.checkpoint;

import io.spikeformer.common.UserException;
import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.NetworkConfig;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Reads and writes checkpoints as streams. The format is described in docs/checkpoint-format.md.
 *
 * <p>All numbers are little-endian: magic (8 bytes), version and header length (int32 each), header
 * (JSON, UTF-8), CRC-32C of all that. Then follow the state, each moment, the outer momentum and
 * the rest as float32, each followed by its CRC-32C. Nothing follows. Lengths are checked against
 * the file's and the model's before memory is allocated.
 */
public final class CheckpointFormat {
  /** Version that is written; those from 1 on are read. */
  public static final int VERSION = 5;

  /** Usual ending of a checkpoint's file name. */
  public static final String EXTENSION = ".spkf";

  private static final byte[] MAGIC = "SPKFCKPT".getBytes(StandardCharsets.US_ASCII);
  private static final int PREAMBLE = MAGIC.length + 2 * Integer.BYTES;
  private static final int CHECKSUM = Integer.BYTES;
  private static final int MAX_HEADER = 64 << 20;
  private static final int MAX_MOMENTS = 8;
  private static final int CHUNK = 1 << 16;

  private CheckpointFormat() {}

  /** Writes a checkpoint; the stream stays open. */
  public static void write(Checkpoint checkpoint, OutputStream out) throws IOException {
    byte[] header = CheckpointHeader.of(checkpoint).encode();
    ByteBuffer start = buffer(PREAMBLE + header.length + CHECKSUM);
    start.put(MAGIC).putInt(VERSION).putInt(header.length).put(header);
    start.putInt(checksum(start.array(), start.position()));
    out.write(start.array());
    writeVector(checkpoint.state(), out);
    for (float[] moment : checkpoint.moments()) {
      writeVector(moment, out);
    }
    for (float[] vector : List.of(checkpoint.outer(), checkpoint.rest())) {
      if (vector.length > 0) {
        writeVector(vector, out);
      }
    }
  }

  static void writeVector(float[] values, OutputStream out) throws IOException {
    ByteBuffer chunk = buffer(CHUNK * Float.BYTES);
    CRC32C crc = new CRC32C();
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      chunk.asFloatBuffer().put(values, from, count);
      crc.update(chunk.array(), 0, count * Float.BYTES);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
    out.write(buffer(CHECKSUM).putInt((int) crc.getValue()).array());
  }

  /**
   * Reads a checkpoint and verifies it.
   *
   * @param in at the beginning of the file; stays open
   * @param length bytes of the file
   * @param source name for messages
   * @throws NewerVersionException if a newer release has written it
   * @throws UserException if it is not a checkpoint or is damaged
   * @throws IOException if reading itself fails
   */
  public static Checkpoint read(InputStream in, long length, String source) throws IOException {
    CheckpointHeader header = readHeader(in, length, source);
    int elements = (int) header.vectorLength();
    float[] state = readVector(in, elements, "state", source);
    List<float[]> moments = new ArrayList<>();
    for (int i = 1; i <= header.moments(); i++) {
      moments.add(readVector(in, elements, "moment " + i, source));
    }
    float[] outer =
        header.outer() == 0 ? new float[0] : readVector(in, elements, "outer momentum", source);
    float[] rest = header.rest() == 0 ? new float[0] : readVector(in, elements, "rest", source);
    return new Checkpoint(
        header.model(),
        header.classes(),
        header.position(),
        header.recipe(),
        header.data(),
        header.history(),
        state,
        new TrainingVectors(moments, outer, rest, header.workerMoments()),
        header.arithmetic());
  }

  private static CheckpointHeader readHeader(InputStream in, long length, String source)
      throws IOException {
    byte[] start = readFully(in, PREAMBLE, "preamble", source);
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new UserException(
          "checkpoint %s: expected a file that begins with SPKFCKPT, found %s",
          source, kind(start, in, source).insteadOfCheckpoint(source));
    }
    ByteBuffer numbers = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int version = numbers.getInt(MAGIC.length);
    if (version < 1) {
      throw damaged(source, "format version 1 to " + VERSION, "" + version);
    }
    if (version > VERSION) {
      throw new NewerVersionException(
          "checkpoint "
              + source
              + ": expected format version 1 to "
              + VERSION
              + ", found "
              + version
              + "; use the release that wrote it");
    }
    int headerLength = numbers.getInt(MAGIC.length + Integer.BYTES);
    long limit = Math.min(MAX_HEADER, length - PREAMBLE - CHECKSUM);
    if (headerLength < 2 || headerLength > limit) {
      throw damaged(source, "header of 2 to " + limit + " bytes", headerLength + " bytes");
    }
    byte[] json = readFully(in, headerLength, "header", source);
    byte[] checked = Arrays.copyOf(start, PREAMBLE + headerLength);
    System.arraycopy(json, 0, checked, PREAMBLE, headerLength);
    verify(in, checksum(checked, checked.length), "header", source);
    CheckpointHeader header = CheckpointHeader.decode(json, version, source);
    requireLength(header, length - PREAMBLE - headerLength - CHECKSUM, source);
    return header;
  }

  private static FileKind kind(byte[] start, InputStream in, String source) throws IOException {
    byte[] beginning = Arrays.copyOf(start, FileKind.BEGINNING);
    int more = in.readNBytes(beginning, start.length, beginning.length - start.length);
    return FileKind.of(Arrays.copyOf(beginning, start.length + more), source);
  }

  private static void requireLength(CheckpointHeader header, long found, String source) {
    boolean possible =
        header.vectorLength() >= 0
            && header.vectorLength() <= Integer.MAX_VALUE - 8
            && header.moments() >= 0
            && header.moments() <= MAX_MOMENTS
            && (header.outer() == 0 || header.outer() == 1)
            && (header.rest() == 0 || header.rest() == 1);
    if (!possible) {
      throw damaged(
          source,
          "at most " + MAX_MOMENTS + " moments of less than 2^31 elements",
          header.moments() + " of " + header.vectorLength());
    }
    long vectors = 1L + header.moments() + header.outer() + header.rest();
    long expected = vectors * (header.vectorLength() * Float.BYTES + CHECKSUM);
    if (found != expected) {
      throw damaged(source, expected + " bytes after the header", found + " bytes");
    }
    long elements = elements(header.model(), source);
    if (header.vectorLength() != elements) {
      throw damaged(
          source,
          "a state of " + elements + " elements, as its model " + header.model().name() + " has",
          header.vectorLength() + "; use another checkpoint");
    }
  }

  private static long elements(NetworkConfig model, String source) {
    try {
      return ParameterLayout.of(model).length();
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw damaged(source, "tensors of less than 2^31 elements", "model " + model.toJson());
    }
  }

  static float[] readVector(InputStream in, int elements, String part, String source)
      throws IOException {
    float[] values = new float[elements];
    CRC32C crc = new CRC32C();
    for (int from = 0; from < elements; from += CHUNK) {
      int count = Math.min(CHUNK, elements - from);
      byte[] chunk = readFully(in, count * Float.BYTES, part, source);
      crc.update(chunk);
      ByteBuffer.wrap(chunk)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asFloatBuffer()
          .get(values, from, count);
    }
    verify(in, (int) crc.getValue(), part, source);
    return values;
  }

  private static void verify(InputStream in, int found, String part, String source)
      throws IOException {
    byte[] stored = readFully(in, CHECKSUM, "checksum of the " + part, source);
    int expected = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (expected != found) {
      throw damaged(
          source,
          "checksum " + Integer.toHexString(expected) + " of the " + part,
          Integer.toHexString(found));
    }
  }

  static byte[] readFully(InputStream in, int count, String part, String source)
      throws IOException {
    try {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length == count) {
        return bytes;
      }
    } catch (EOFException e) {
      throw truncated(part, source, e);
    }
    throw truncated(part, source, null);
  }

  private static UserException truncated(String part, String source, Exception cause) {
    return new UserException(
        cause, "checkpoint %s is damaged: it ends within its %s", source, part);
  }

  static UserException damaged(String source, String expected, String found) {
    return new UserException(
        "checkpoint %s is damaged: expected %s, found %s", source, expected, found);
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
