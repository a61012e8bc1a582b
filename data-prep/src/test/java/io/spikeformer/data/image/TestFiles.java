package io.spikeformer.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Image files of the less usual kinds. */
public final class TestFiles {
  private static final int APP1 = 0xe1;
  private static final int APP14 = 0xee;
  private static final int ORIENTATION_TAG = 0x0112;
  private static final int SHORT = 3;

  private TestFiles() {}

  /** A file with a segment put right behind the start-of-image marker. */
  public static byte[] insertSegment(byte[] jpeg, int marker, byte[] content) {
    ByteBuffer file = ByteBuffer.allocate(jpeg.length + 4 + content.length);
    file.put(jpeg, 0, 2).put((byte) 0xff).put((byte) marker);
    file.putShort((short) (content.length + 2)).put(content);
    return file.put(jpeg, 2, jpeg.length - 2).array();
  }

  /** A file with an EXIF orientation: 1 upright, 3 upside down, 6 and 8 on its sides. */
  public static byte[] withOrientation(byte[] jpeg, int orientation) {
    ByteBuffer exif = ByteBuffer.allocate(6 + 8 + 2 + 12 + 4);
    exif.put("Exif\0\0MM".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42).putInt(8);
    exif.putShort((short) 1);
    exif.putShort((short) ORIENTATION_TAG).putShort((short) SHORT).putInt(1);
    exif.putShort((short) orientation).putShort((short) 0).putInt(0);
    return insertSegment(jpeg, APP1, exif.array());
  }

  /** One colour as Adobe's CMYK, whose levels are 255 for no ink. */
  public static byte[] cmykJpeg(int height, int width, int cyan, int magenta, int yellow, int black)
      throws IOException {
    WritableRaster raster = Raster.createInterleavedRaster(0, width, height, 4, null);
    int[] levels = {255 - cyan, 255 - magenta, 255 - yellow, 255 - black};
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        raster.setPixel(x, y, levels);
      }
    }
    ByteBuffer adobe = ByteBuffer.allocate(12);
    adobe.put("Adobe".getBytes(StandardCharsets.US_ASCII)).putShort((short) 100);
    return insertSegment(write(new IIOImage(raster, null, null), false), APP14, adobe.array());
  }

  /** A JPEG of several scans. */
  public static byte[] progressiveJpeg(int height, int width) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < height * width; i++) {
      image.setRGB(i % width, i / width, i * 37);
    }
    return write(new IIOImage(image, null, null), true);
  }

  /** An image of Java's as "jpg" or "png". */
  public static byte[] encode(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    if (!ImageIO.write(image, format, file)) {
      throw new IOException("no writer for " + format);
    }
    return file.toByteArray();
  }

  private static byte[] write(IIOImage image, boolean progressive) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(file)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      if (progressive) {
        options.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(stream);
      writer.write(null, image, options);
    } finally {
      writer.dispose();
    }
    return file.toByteArray();
  }
}
