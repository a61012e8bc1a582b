package io.spikeformer.data.image;

import io.spikeformer.common.Text;
import io.spikeformer.natives.PackedNatives;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Decodes and encodes images with OpenCV. Thread-safe.
 *
 * <p>Every stored form becomes 8-bit RGB: grey is repeated, CMYK converted, a palette looked up,
 * alpha dropped, 16 bits cut to 8. Only {@link #decode} applies an EXIF rotation.
 */
public final class ImageCodec {
  private static final int JPEG_QUALITY = 95;

  /** OpenCV is told to stay on the calling thread: parallelism is the caller's, over images. */
  public ImageCodec() {
    PackedNatives.unpack();
    opencv_core.setNumThreads(1);
    // now, not in the middle of an image: unpacking a library is written by the thread that needs
    // it
    Loader.load(opencv_imgproc.class);
    Loader.load(opencv_imgcodecs.class);
  }

  /**
   * Decodes a file that {@link ImageHeader#check} has accepted, and turns it as EXIF says.
   *
   * @param bytes a whole JPEG or PNG file
   * @throws InvalidImageException if OpenCV refuses it
   */
  public RgbImage decode(byte[] bytes) throws InvalidImageException {
    return decode(bytes, opencv_imgcodecs.IMREAD_COLOR_RGB);
  }

  /**
   * Decodes a file that {@link ImageHeader#check} has accepted, rows and columns as stored: boxes,
   * masks and label maps follow these, and not the EXIF rotation.
   *
   * @param bytes a whole JPEG or PNG file
   * @throws InvalidImageException if OpenCV refuses it
   */
  public RgbImage decodeStored(byte[] bytes) throws InvalidImageException {
    return decode(
        bytes, opencv_imgcodecs.IMREAD_COLOR_RGB | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION);
  }

  private static RgbImage decode(byte[] bytes, int flags) throws InvalidImageException {
    try (PointerScope scope = new PointerScope()) {
      Mat file = new Mat(1, bytes.length, opencv_core.CV_8UC1, new BytePointer(bytes));
      Mat image = opencv_imgcodecs.imdecode(file, flags);
      if (image.empty() || image.type() != opencv_core.CV_8UC3 || !image.isContinuous()) {
        throw new InvalidImageException("cannot be decoded");
      }
      byte[] pixels = new byte[image.rows() * image.cols() * RgbImage.CHANNELS];
      image.data().get(pixels);
      return new RgbImage(image.rows(), image.cols(), pixels);
    } catch (RuntimeException failure) {
      throw new InvalidImageException("cannot be decoded: " + firstLine(failure));
    }
  }

  /** Encodes as JPEG of quality 95 or as PNG; the same pixels always give the same bytes. */
  public byte[] encode(RgbImage image, ImageEncoding encoding) {
    try (PointerScope scope = new PointerScope()) {
      Mat rgb =
          new Mat(
              image.height(), image.width(), opencv_core.CV_8UC3, new BytePointer(image.pixels()));
      Mat bgr = new Mat();
      opencv_imgproc.cvtColor(rgb, bgr, opencv_imgproc.COLOR_RGB2BGR);
      IntPointer options =
          encoding == ImageEncoding.JPEG
              ? new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)
              : new IntPointer();
      BytePointer file = new BytePointer();
      BytePointer extension = new BytePointer(encoding.extension());
      if (!opencv_imgcodecs.imencode(extension, bgr, file, options)) {
        throw new IllegalStateException(
            Text.format(
                "encoding %d x %d pixels as %s failed",
                image.height(), image.width(), encoding.id()));
      }
      byte[] bytes = new byte[Math.toIntExact(file.limit())];
      file.get(bytes);
      return bytes;
    }
  }

  private static String firstLine(RuntimeException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
