package io.spikeformer.data.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.GeometryConfig;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.SegmentationSample;
import org.junit.jupiter.api.Test;

class SegmentationTransformTest {
  private static final int HEIGHT = 40;
  private static final int WIDTH = 50;

  @Test
  void labelsStayOnTheirPixels() {
    GeometryConfig config =
        new GeometryConfig(
            new Resize.Original(), new Window.Random(24, 30), 0.5, new Padding.Size(32, 32), 0);
    SegmentationTransform transform = new SegmentationTransform(config);
    SegmentationSample sample = coordinates();
    for (long seed = 0; seed < 50; seed++) {
      TransformedSegmentation out = transform.apply(sample, seed);
      for (int y = 0; y < 32; y++) {
        for (int x = 0; x < 32; x++) {
          boolean content = y < 24 && x < 30;
          int row = out.image().value(y, x, 0);
          int column = out.image().value(y, x, 1);
          int expected = content ? label(row, column) : LabelMap.IGNORED;
          assertThat(out.labels().label(y, x)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void enlargedLabelsStayOnTheirPixels() {
    // blocks of 10 pixels, three times as large: away from their edges colour and label agree
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    byte[] labels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (((i / WIDTH / 10) + (i % WIDTH / 10)) % 2);
      pixels[3 * i] = (byte) (labels[i] * 255);
    }
    Geometry geometry = Geometry.resize(HEIGHT, WIDTH, 3 * HEIGHT, 3 * WIDTH);
    RgbImage image = geometry.apply(new RgbImage(HEIGHT, WIDTH, pixels), 0);
    LabelMap moved = new LabelMap(HEIGHT, WIDTH, labels).apply(geometry);
    for (int i = 0; i < moved.labels().length; i++) {
      int light = (image.pixels()[3 * i] & 0xff) > 127 ? 1 : 0;
      boolean edge = i / (3 * WIDTH) % 30 % 29 == 0 || i % (3 * WIDTH) % 30 % 29 == 0;
      if (!edge) {
        assertThat((int) moved.labels()[i]).isEqualTo(light);
      }
    }
  }

  @Test
  void flippingTwiceChangesNothing() {
    LabelMap map = LabelMapTest.drawn(9, 13, 256, 1);
    Geometry flip = Geometry.flip(9, 13);

    assertThat(map.apply(flip).label(2, 0)).isEqualTo(map.label(2, 12));
    LabelMapTest.assertSame(map.apply(flip).apply(flip), map);
  }

  @Test
  void theSameSeedGivesTheSameSample() {
    GeometryConfig config =
        new GeometryConfig(
            new Resize.Fit(64, 128, 0.5, 2),
            new Window.Random(32, 32),
            0.5,
            new Padding.Size(32, 32),
            GeometryConfig.IMAGENET_MEAN);
    SegmentationTransform transform = new SegmentationTransform(config);
    for (long seed = 0; seed < 20; seed++) {
      TransformedSegmentation first = transform.apply(coordinates(), seed);
      TransformedSegmentation second = transform.apply(coordinates(), seed);
      assertThat(second.image().pixels()).isEqualTo(first.image().pixels());
      assertThat(second.labels().labels()).isEqualTo(first.labels().labels());
      assertThat(first.labels().height()).isEqualTo(32);
    }
  }

  @Test
  void namesTheSampleThatIsDamaged() {
    SegmentationTransform transform =
        new SegmentationTransform(GeometryConfig.evaluation(8, 16, new Padding.None()));
    byte[] image = TestImages.png(4, 4, 1);
    byte[] labels = LabelMapTest.drawn(4, 5, 9, 1).encode();

    assertThatThrownBy(() -> transform.apply(sample(image, 4, 4, labels), 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample a: expected a label map of 4 x 4 pixels, found 4 x 5; prepare the data again");
    assertThatThrownBy(() -> transform.apply(sample(image, 4, 4, new byte[3]), 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "sample a: expected a png image and a label map, found damage: neither JPEG nor PNG;"
                + " prepare the data again");
  }

  private static int label(int row, int column) {
    return (row * 7 + column * 3) % 150;
  }

  /** An image whose colours are its coordinates. */
  private static SegmentationSample coordinates() {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    byte[] labels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < labels.length; i++) {
      pixels[3 * i] = (byte) (i / WIDTH);
      pixels[3 * i + 1] = (byte) (i % WIDTH);
      labels[i] = (byte) label(i / WIDTH, i % WIDTH);
    }
    byte[] png = new ImageCodec().encode(new RgbImage(HEIGHT, WIDTH, pixels), ImageEncoding.PNG);
    return sample(png, HEIGHT, WIDTH, new LabelMap(HEIGHT, WIDTH, labels).encode());
  }

  private static SegmentationSample sample(byte[] png, int height, int width, byte[] labels) {
    return new SegmentationSample(
        "a", new EncodedImage(png, ImageEncoding.PNG, height, width), labels);
  }
}
