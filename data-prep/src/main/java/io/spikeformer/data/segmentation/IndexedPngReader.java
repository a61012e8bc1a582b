package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.image.InvalidImageException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads the stored values of PNG files (ISO/IEC 15948) of one channel: an image library would look
 * a palette up and return its colours. Interlaced files too.
 */
final class IndexedPngReader {
  private static final int SIGNATURE_LENGTH = 8;
  private static final int GREY = 0;
  private static final int PALETTE = 3;
  private static final int DATA = 0x49444154; // IDAT
  private static final int END = 0x49454e44; // IEND

  /** First column, first row, step of columns and of rows of the passes of an interlaced file. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  private final byte[] file;
  private final int height;
  private final int width;
  private final int bits;
  private final byte[] labels;
  private final Inflater inflater = new Inflater();
  private int nextChunk = SIGNATURE_LENGTH;

  private IndexedPngReader(byte[] file, ImageHeader header, int bits) {
    this.file = file;
    this.height = header.height();
    this.width = header.width();
    this.bits = bits;
    this.labels = new byte[height * width];
  }

  static LabelMap read(byte[] file) throws InvalidImageException {
    ImageHeader header = ImageHeader.check(file);
    if (header.encoding() != ImageEncoding.PNG) {
      throw new InvalidImageException("expected a PNG file, found " + header.encoding().id());
    }
    // behind signature, length, type, width and height
    int bits = file[24] & 0xff;
    int colour = file[25] & 0xff;
    int interlace = file[28] & 0xff;
    boolean depth = bits == 1 || bits == 2 || bits == 4 || bits == 8;
    if (!depth || (colour != GREY && colour != PALETTE)) {
      throw new InvalidImageException(
          Text.format(
              "expected a palette or greyscale PNG of 1 to 8 bits, found colour type %d of %d bits",
              colour, bits));
    }
    if (file[26] != 0 || file[27] != 0 || interlace > 1) {
      throw new InvalidImageException("damaged PNG: unknown compression, filter or interlacing");
    }
    IndexedPngReader reader = new IndexedPngReader(file, header, bits);
    try {
      for (int[] pass : interlace == 1 ? ADAM7 : ONE_PASS) {
        reader.readPass(pass[0], pass[1], pass[2], pass[3]);
      }
    } catch (DataFormatException damage) {
      throw new InvalidImageException("damaged PNG: " + damage.getMessage());
    } finally {
      reader.inflater.end();
    }
    return new LabelMap(reader.height, reader.width, reader.labels);
  }

  private void readPass(int left, int top, int stepX, int stepY)
      throws InvalidImageException, DataFormatException {
    int columns = (width - left + stepX - 1) / stepX;
    int rows = (height - top + stepY - 1) / stepY;
    if (columns <= 0 || rows <= 0) {
      return;
    }
    int length = (columns * bits + 7) / 8;
    byte[] line = new byte[1 + length];
    byte[] above = new byte[1 + length];
    for (int row = 0; row < rows; row++) {
      inflate(line);
      unfilter(line, above);
      int to = (top + row * stepY) * width + left;
      for (int column = 0; column < columns; column++) {
        labels[to + column * stepX] = value(line, column);
      }
      byte[] used = above;
      above = line;
      line = used;
    }
  }

  /** The value of a pixel; the first one lies in the highest bits of the first byte. */
  private byte value(byte[] line, int column) {
    if (bits == 8) {
      return line[1 + column];
    }
    int bit = column * bits;
    int shift = 8 - bits - bit % 8;
    return (byte) ((line[1 + bit / 8] & 0xff) >> shift & (1 << bits) - 1);
  }

  /** Fills a line from the data chunks, which are one stream however they were cut. */
  private void inflate(byte[] line) throws InvalidImageException, DataFormatException {
    int filled = 0;
    while (filled < line.length) {
      int inflated = inflater.inflate(line, filled, line.length - filled);
      filled += inflated;
      if (inflated == 0) {
        if (inflater.finished() || inflater.needsDictionary() || !inflater.needsInput()) {
          throw missing();
        }
        feed();
      }
    }
  }

  private void feed() throws InvalidImageException {
    ByteBuffer chunks = ByteBuffer.wrap(file);
    while (true) {
      int length = chunks.getInt(nextChunk);
      int type = chunks.getInt(nextChunk + 4);
      int data = nextChunk + 8;
      if (type == END) {
        throw missing();
      }
      nextChunk = data + length + 4;
      if (type == DATA && length > 0) {
        inflater.setInput(file, data, length);
        return;
      }
    }
  }

  private InvalidImageException missing() {
    return new InvalidImageException(
        Text.format("damaged PNG: expected %d x %d pixels, found fewer", height, width));
  }

  /** Undoes the filter that the first byte of a line names; one byte is one step to the left. */
  private static void unfilter(byte[] line, byte[] above) throws InvalidImageException {
    int filter = line[0];
    if (filter < 0 || filter > 4) {
      throw new InvalidImageException("damaged PNG: expected filter 0 to 4, found " + filter);
    }
    for (int i = 1; i < line.length; i++) {
      int left = i > 1 ? line[i - 1] & 0xff : 0;
      int up = above[i] & 0xff;
      int corner = i > 1 ? above[i - 1] & 0xff : 0;
      int prediction =
          switch (filter) {
            case 0 -> 0;
            case 1 -> left;
            case 2 -> up;
            case 3 -> (left + up) / 2;
            default -> paeth(left, up, corner);
          };
      line[i] += (byte) prediction;
    }
  }

  private static int paeth(int left, int up, int corner) {
    int estimate = left + up - corner;
    int toLeft = Math.abs(estimate - left);
    int toUp = Math.abs(estimate - up);
    int toCorner = Math.abs(estimate - corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }
}
