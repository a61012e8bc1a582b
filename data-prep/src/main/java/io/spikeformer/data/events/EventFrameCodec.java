package io.spikeformer.data.events;

import io.spikeformer.common.UserException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The compact form of {@link EventFrames} in shards. Stateless and thread-safe; the same frames
 * always give the same bytes.
 *
 * <p>Version 1, big-endian: byte version, uint16 T, uint16 H, uint16 W, int32 CRC-32 of the counts,
 * then the counts as an adaptive arithmetic code ({@link FrameModel}). Events cluster, so whether a
 * pixel has any is told well by the pixels around it, the frame before and the other polarity.
 */
public final class EventFrameCodec {
  private static final byte VERSION = 1;
  private static final int HEADER = 11;

  /** The compact form. */
  public byte[] encode(EventFrames frames) {
    ArithmeticEncoder encoder = new ArithmeticEncoder();
    FrameModel model = new FrameModel(frames.width());
    byte[] counts = frames.counts();
    int plane = frames.height() * frames.width();
    for (int p = 0; p < frames.frames() * EventFrames.POLARITIES; p++) {
      model.beginPlane(counts, p, plane);
      for (int row = 0; row < frames.height(); row++) {
        model.encodeRow(encoder, row);
      }
    }
    byte[] code = encoder.finish();
    return ByteBuffer.allocate(HEADER + code.length)
        .put(VERSION)
        .putShort((short) frames.frames())
        .putShort((short) frames.height())
        .putShort((short) frames.width())
        .putInt(checksum(counts))
        .put(code)
        .array();
  }

  /**
   * The frames of a compact form.
   *
   * @throws UserException if the bytes are not exactly one compact form
   */
  public EventFrames decode(byte[] bytes) {
    if (bytes.length < HEADER || bytes[0] != VERSION) {
      throw new UserException(
          "event frames: expected version %d and %d bytes or more, found version %s and %d bytes",
          VERSION, HEADER, bytes.length == 0 ? "none" : bytes[0], bytes.length);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    int frames = header.getShort(1) & 0xffff;
    int height = header.getShort(3) & 0xffff;
    int width = header.getShort(5) & 0xffff;
    byte[] counts;
    try {
      counts = new byte[EventFrames.size(frames, height, width)];
    } catch (IllegalArgumentException bounds) {
      throw new UserException(bounds, bounds.getMessage());
    }
    ArithmeticDecoder decoder = new ArithmeticDecoder(bytes, HEADER);
    FrameModel model = new FrameModel(width);
    for (int p = 0; p < frames * EventFrames.POLARITIES && !decoder.isPastEnd(); p++) {
      model.beginPlane(counts, p, height * width);
      for (int row = 0; row < height && !decoder.isPastEnd(); row++) {
        model.decodeRow(decoder, row);
      }
    }
    if (!decoder.isAtEnd() || checksum(counts) != header.getInt(7)) {
      throw new UserException(
          "event frames [%d, 2, %d, %d]: expected their checksum, found %d damaged bytes",
          frames, height, width, bytes.length);
    }
    return new EventFrames(frames, height, width, counts);
  }

  private static int checksum(byte[] counts) {
    CRC32 checksum = new CRC32();
    checksum.update(counts);
    return (int) checksum.getValue();
  }
}
