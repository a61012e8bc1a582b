package io.spikeformer.model.checkpoint;

import io.spikeformer.common.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * Reads and writes the optimizer moments of one worker, where the workers do not share them. The
 * format is described in docs/checkpoint-format.md.
 *
 * <p>All numbers are little-endian: magic (8 bytes), version, number of values (int32 each), the
 * values as float32, their CRC-32C. The checksum of the whole file stands in the checkpoint.
 */
public final class WorkerMomentsFormat {
  /** Usual ending of the file's name. */
  public static final String EXTENSION = ".spkm";

  private static final int VERSION = 1;
  private static final byte[] MAGIC = "SPKFMOMT".getBytes(StandardCharsets.US_ASCII);
  private static final int PREAMBLE = MAGIC.length + 2 * Integer.BYTES;
  private static final int CHECKSUM = Integer.BYTES;

  private WorkerMomentsFormat() {}

  /** Bytes of a file of that many values. */
  public static long fileLength(long values) {
    return PREAMBLE + values * Float.BYTES + CHECKSUM;
  }

  /**
   * Writes a worker's moments; the stream stays open.
   *
   * @param values all moments, one after the other
   * @return CRC-32C of everything written
   */
  public static long write(float[] values, OutputStream out) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32C());
    ByteBuffer start = CheckpointFormat.buffer(PREAMBLE);
    checked.write(start.put(MAGIC).putInt(VERSION).putInt(values.length).array());
    CheckpointFormat.writeVector(values, checked);
    checked.flush();
    return checked.getChecksum().getValue();
  }

  /**
   * Reads a worker's moments and verifies them.
   *
   * @param in at the beginning of the file; stays open
   * @param length bytes of the file
   * @param checksum what {@link #write} returned
   * @param source name for messages
   * @throws UserException if it is damaged, of another version or not the file of the checkpoint
   * @throws IOException if reading itself fails
   */
  public static float[] read(InputStream in, long length, long checksum, String source)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32C());
    byte[] start = CheckpointFormat.readFully(checked, PREAMBLE, "preamble", source);
    ByteBuffer numbers = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int version = numbers.getInt(MAGIC.length);
    if (!Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length) || version != VERSION) {
      throw new UserException(
          "checkpoint %s: expected worker moments (SPKFMOMT) of version %s, found another file;"
              + " use the release that wrote it",
          source, VERSION);
    }
    int elements = numbers.getInt(MAGIC.length + Integer.BYTES);
    if (elements < 0 || fileLength(elements) != length) {
      throw CheckpointFormat.damaged(
          source, length + " bytes", elements + " values in its preamble");
    }
    float[] values = CheckpointFormat.readVector(checked, elements, "moments", source);
    if (checked.getChecksum().getValue() != checksum) {
      throw CheckpointFormat.damaged(
          source,
          "checksum " + Long.toHexString(checksum) + " as in the checkpoint",
          Long.toHexString(checked.getChecksum().getValue()));
    }
    return values;
  }
}
