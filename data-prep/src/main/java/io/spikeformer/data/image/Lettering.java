package io.spikeformer.data.image;

import io.spikeformer.natives.PackedNatives;
import java.text.Normalizer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Text as pixels, in OpenCV's own letters: no font of the machine is needed, and the same text is
 * the same pixels everywhere.
 *
 * @param height rows
 * @param width columns
 * @param shares how much of each pixel the text covers, 0 to 255, [height, width]; not copied
 */
public record Lettering(int height, int width, byte[] shares) {
  /** Pixels of a capital letter at the font's scale 1. */
  private static final double CAPITAL = 22;

  private static final int FONT = opencv_imgproc.FONT_HERSHEY_SIMPLEX;
  private static final int MARGIN = 2;
  private static final int LEVELS = 256;

  /**
   * Draws a text.
   *
   * @param text of {@link #drawable} characters
   * @param capital height of a capital letter in pixels
   */
  public static Lettering of(String text, int capital) {
    PackedNatives.unpack();
    double scale = capital / CAPITAL;
    int thickness = Math.max(1, (int) Math.round(scale));
    try (PointerScope scope = new PointerScope()) {
      BytePointer letters = new BytePointer(text);
      IntPointer below = new IntPointer(1);
      Size size = opencv_imgproc.getTextSize(letters, FONT, scale, thickness, below);
      int height = size.height() + below.get() + 2 * MARGIN;
      int width = Math.max(1, size.width()) + 2 * MARGIN;
      Mat drawn = new Mat(height, width, opencv_core.CV_8UC1, new Scalar(0, 0, 0, 0));
      Point at = new Point(MARGIN, MARGIN + size.height());
      Scalar white = new Scalar(LEVELS - 1, 0, 0, 0);
      opencv_imgproc.putText(
          drawn, letters, at, FONT, scale, white, thickness, opencv_imgproc.LINE_AA, false);
      byte[] shares = new byte[height * width];
      drawn.data().get(shares);
      return new Lettering(height, width, shares);
    }
  }

  /**
   * A class's name without accents, which these letters lack; in the place of a name in another
   * script its number.
   */
  public static String drawable(String name, int label) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    return plain.matches("[\\x20-\\x7e]+") ? plain : "class " + label;
  }

  /** How much of a pixel the text covers, 0 to 1. */
  public double share(int row, int column) {
    return (shares[row * width + column] & 0xff) / (LEVELS - 1.0);
  }
}
