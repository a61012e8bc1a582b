package io.spikeformer.data;

import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Sample;
import java.util.Arrays;

/** Small images drawn from a seed. */
public final class TestImages {
  private TestImages() {}

  /** A smooth picture that survives JPEG: two gradients and a seeded third channel. */
  public static RgbImage drawn(int height, int width, long seed) {
    int level = new SeededRandom(seed).nextInt(256);
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    int i = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        pixels[i++] = (byte) (255 * x / width);
        pixels[i++] = (byte) (255 * y / height);
        pixels[i++] = (byte) level;
      }
    }
    return new RgbImage(height, width, pixels);
  }

  /** The picture as a JPEG file. */
  public static byte[] jpeg(int height, int width, long seed) {
    return new ImageCodec().encode(drawn(height, width, seed), ImageEncoding.JPEG);
  }

  /** The picture as a PNG file. */
  public static byte[] png(int height, int width, long seed) {
    return new ImageCodec().encode(drawn(height, width, seed), ImageEncoding.PNG);
  }

  /** A picture of one grey level as a PNG file. */
  public static byte[] grey(int height, int width, int level) {
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    Arrays.fill(pixels, (byte) level);
    return new ImageCodec().encode(new RgbImage(height, width, pixels), ImageEncoding.PNG);
  }

  /** A sample of the picture as PNG. */
  public static Sample sample(String key, int label, int height, int width, long seed) {
    return new Sample(
        key,
        new EncodedImage(png(height, width, seed), ImageEncoding.PNG, height, width),
        new ClassLabel(label));
  }
}
