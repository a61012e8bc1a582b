package io.spikeformer.data.segmentation;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** PNG files of one channel, of the kinds that datasets hold. */
final class TestPng {
  private TestPng() {}

  /** Indices with a palette whose colours have nothing to do with them. */
  static byte[] palette(LabelMap map, int bits, int progressiveMode) {
    int colours = 1 << bits;
    byte[] red = new byte[colours];
    for (int i = 0; i < colours; i++) {
      red[i] = (byte) (i * 91 + 17);
    }
    IndexColorModel model = new IndexColorModel(bits, colours, red, red, red);
    int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
    BufferedImage image = new BufferedImage(map.width(), map.height(), type, model);
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        image.getRaster().setSample(x, y, 0, map.label(y, x));
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(file)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setProgressiveMode(progressiveMode);
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), options);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }

  /** Greyscale of 8 bits, each row with the next of the five filters, data cut into chunks. */
  static byte[] filtered(LabelMap map) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (int y = 0; y < map.height(); y++) {
      int filter = y % 5;
      lines.write(filter);
      for (int x = 0; x < map.width(); x++) {
        int left = x > 0 ? map.label(y, x - 1) : 0;
        int up = y > 0 ? map.label(y - 1, x) : 0;
        int corner = x > 0 && y > 0 ? map.label(y - 1, x - 1) : 0;
        int[] predictions = {0, left, up, (left + up) / 2, paeth(left, up, corner)};
        lines.write(map.label(y, x) - predictions[filter]);
      }
    }
    return file(map.height(), map.width(), 8, 0, deflate(lines.toByteArray()));
  }

  /** A file with any header and any data, its checksums right. */
  static byte[] file(int height, int width, int bits, int colourType, byte[] data) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    file.writeBytes(chunk("IHDR", header.put((byte) bits).put((byte) colourType).array()));
    for (int from = 0; from < data.length; from += 7) {
      byte[] piece = java.util.Arrays.copyOfRange(data, from, Math.min(data.length, from + 7));
      file.writeBytes(chunk("IDAT", piece));
      file.writeBytes(chunk("IDAT", new byte[0]));
    }
    file.writeBytes(chunk("IEND", new byte[0]));
    return file.toByteArray();
  }

  static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] deflated = new byte[2 * bytes.length + 100];
    int length = deflater.deflate(deflated);
    deflater.end();
    return java.util.Arrays.copyOf(deflated, length);
  }

  private static byte[] chunk(String type, byte[] data) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + data.length).putInt(data.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(data);
    CRC32 checksum = new CRC32();
    checksum.update(chunk.array(), 4, 4 + data.length);
    return chunk.putInt((int) checksum.getValue()).array();
  }

  private static int paeth(int a, int b, int c) {
    int p = a + b - c;
    int best = a;
    if (Math.abs(p - b) < Math.abs(p - best)) {
      best = b;
    }
    return Math.abs(p - c) < Math.abs(p - best) ? c : best;
  }
}
