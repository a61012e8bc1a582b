package io.spikeformer.data.image;

import io.spikeformer.common.Text;

/**
 * The marker structure of a JPEG file (ITU-T T.81, annex B).
 *
 * <p>Decoders fill what is missing at the end of a file with grey and report success. So an
 * incomplete file is found here: the walk has to arrive at the end-of-image marker. Thumbnails
 * inside EXIF segments are stepped over with their segment.
 */
final class JpegStructure {
  private static final int START_OF_IMAGE = 0xd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;
  private static final int FIRST_RESTART = 0xd0;
  private static final int LAST_RESTART = 0xd7;
  private static final int TEMPORARY = 0x01;
  private static final int SHORTEST_FRAME = 8;

  private final byte[] bytes;
  private int position;
  private ImageHeader header;
  private boolean scanned;

  private JpegStructure(byte[] bytes) {
    this.bytes = bytes;
  }

  static boolean matches(byte[] bytes) {
    return bytes.length >= 3
        && (bytes[0] & 0xff) == 0xff
        && (bytes[1] & 0xff) == START_OF_IMAGE
        && (bytes[2] & 0xff) == 0xff;
  }

  static ImageHeader check(byte[] bytes) throws InvalidImageException {
    return new JpegStructure(bytes).walk();
  }

  private ImageHeader walk() throws InvalidImageException {
    position = 2;
    while (true) {
      int marker = nextMarker();
      if (marker == END_OF_IMAGE) {
        if (header == null || !scanned) {
          throw new InvalidImageException("JPEG without image data");
        }
        return header;
      }
      if (marker == TEMPORARY || (marker >= FIRST_RESTART && marker <= LAST_RESTART)) {
        continue;
      }
      int length = segmentLength();
      if (isFrame(marker)) {
        readFrame(length);
      }
      position += length;
      if (marker == START_OF_SCAN) {
        skipScan();
        scanned = true;
      }
    }
  }

  /** Steps to the byte after the next marker; stray bytes before it are what decoders tolerate. */
  private int nextMarker() throws InvalidImageException {
    while (position + 1 < bytes.length) {
      int code = bytes[position + 1] & 0xff;
      if ((bytes[position] & 0xff) == 0xff && code != 0 && code != 0xff) {
        position += 2;
        return code;
      }
      position++;
    }
    throw truncated();
  }

  private int segmentLength() throws InvalidImageException {
    if (position + 2 > bytes.length) {
      throw truncated();
    }
    int length = unsignedShort(position);
    if (length < 2) {
      throw new InvalidImageException("damaged JPEG: a segment of length " + length);
    }
    if ((long) position + length > bytes.length) {
      throw truncated();
    }
    return length;
  }

  private void readFrame(int length) throws InvalidImageException {
    if (length < SHORTEST_FRAME) {
      throw new InvalidImageException("damaged JPEG: a frame header of length " + length);
    }
    header =
        ImageHeader.bounded(
            ImageEncoding.JPEG, unsignedShort(position + 3), unsignedShort(position + 5));
  }

  /** Steps over entropy-coded data: a marker is any 0xff that is neither stuffed nor a restart. */
  private void skipScan() {
    while (position + 1 < bytes.length) {
      if ((bytes[position] & 0xff) == 0xff) {
        int code = bytes[position + 1] & 0xff;
        if (code != 0 && code != 0xff && (code < FIRST_RESTART || code > LAST_RESTART)) {
          return;
        }
      }
      position++;
    }
  }

  /** SOF0..SOF15 without DHT (c4), JPG (c8) and DAC (cc). */
  private static boolean isFrame(int marker) {
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private int unsignedShort(int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private InvalidImageException truncated() {
    return new InvalidImageException(
        Text.format("truncated JPEG: no end-of-image marker in %d bytes", bytes.length));
  }
}
