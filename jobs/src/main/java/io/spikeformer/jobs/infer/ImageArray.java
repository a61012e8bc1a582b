package io.spikeformer.jobs.infer;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.npy.NpyInput;
import java.util.Arrays;

/**
 * A file of images, [B, H, W, C], one image, [H, W, C], or one frame a timestep, [T, B, H, W, C];
 * with layout NCHW the channels stand before the rows.
 *
 * @param file the numbers
 * @param layout where the channels are
 * @param frames T, or 1
 * @param count images B
 * @param height in pixels
 * @param width in pixels
 * @param channels values of a pixel
 */
record ImageArray(
    NpyInput file, PixelLayout layout, int frames, int count, int height, int width, int channels) {
  private static final int ONE_IMAGE = 3;
  private static final int IMAGES = 4;
  private static final int FRAMES = 5;
  static final int RGB = 3;

  /**
   * Recognises what an array's dimensions are.
   *
   * @param channels that the model takes
   * @param layout where the user says that the channels are
   * @throws UserException in one line that says what to do, if they are no images of these channels
   */
  static ImageArray of(NpyInput file, int channels, PixelLayout layout) {
    int[] shape = file.shape();
    int dimensions = shape.length;
    boolean sizes = Arrays.stream(shape).allMatch(size -> size > 0);
    if (dimensions < ONE_IMAGE || dimensions > FRAMES || !sizes) {
      throw unexpected(file, channels, layout, "save one array of images");
    }
    int first = dimensions - ONE_IMAGE;
    boolean last = shape[dimensions - 1] == channels;
    boolean before = shape[first] == channels;
    if (layout == PixelLayout.NHWC && !last || layout == PixelLayout.NCHW && !before) {
      throw unexpected(file, channels, layout, advice(file, channels, last || before));
    }
    int rows = layout == PixelLayout.NHWC ? first : first + 1;
    return new ImageArray(
        file,
        layout,
        dimensions == FRAMES ? shape[0] : 1,
        dimensions == ONE_IMAGE ? 1 : shape[first - 1],
        shape[rows],
        shape[rows + 1],
        channels);
  }

  private static UserException unexpected(
      NpyInput file, int channels, PixelLayout layout, String advice) {
    String image = layout == PixelLayout.NHWC ? "H, W, " + channels : channels + ", H, W";
    return file.failed(
        Text.format(
            "expected [B, %s], [%s] or [T, B, %s] with sizes >= 1, found shape %s: %s",
            image, image, image, Arrays.toString(file.shape()), advice));
  }

  /** Advice on how the file's array becomes images with the model's channels. */
  private static String advice(NpyInput file, int channels, boolean otherLayout) {
    int[] shape = file.shape();
    int dimensions = shape.length;
    if (otherLayout) {
      boolean nchw = shape[dimensions - 1] != channels;
      return Text.format(
          "its channels are %s: give --layout %s%s",
          nchw ? "before the rows, as PyTorch has them" : "last",
          nchw ? PixelLayout.NCHW.label() : PixelLayout.NHWC.label(),
          nchw ? ", or " + file.saved("nhwc", transposition(dimensions)) : "");
    }
    if (channels == RGB && shape[dimensions - 1] == 1) {
      return "grey images: " + file.saved("rgb", "%s.repeat(3, axis=-1)");
    }
    if (channels == RGB && shape[dimensions - 1] == RGB + 1) {
      return "images with alpha: " + file.saved("rgb", "%s[..., :3]");
    }
    if (channels == RGB && dimensions == ONE_IMAGE) {
      return "grey images without channels: "
          + file.saved("rgb", "%s[..., None].repeat(3, axis=-1)");
    }
    return "save images of " + channels + " channels";
  }

  private static String transposition(int dimensions) {
    return switch (dimensions) {
      case ONE_IMAGE -> "%s.transpose(1, 2, 0)";
      case IMAGES -> "%s.transpose(0, 2, 3, 1)";
      default -> "%s.transpose(0, 1, 3, 4, 2)";
    };
  }

  /** Values of one frame of one image. */
  int one() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** Images [from, from + size) of every frame: [T, size, H, W, C]. */
  float[] read(int from, int size) {
    int part = Math.multiplyExact(size, one());
    float[] pixels = new float[Math.multiplyExact(frames, part)];
    for (int frame = 0; frame < frames; frame++) {
      file.read(((long) frame * count + from) * one(), pixels, frame * part, part);
    }
    return layout == PixelLayout.NHWC ? pixels : channelsLast(pixels);
  }

  private float[] channelsLast(float[] planes) {
    int area = height * width;
    float[] pixels = new float[planes.length];
    for (int image = 0; image < planes.length; image += one()) {
      for (int channel = 0; channel < channels; channel++) {
        for (int i = 0; i < area; i++) {
          pixels[image + i * channels + channel] = planes[image + channel * area + i];
        }
      }
    }
    return pixels;
  }
}
