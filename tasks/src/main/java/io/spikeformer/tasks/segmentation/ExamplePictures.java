package io.spikeformer.tasks.segmentation;

import io.spikeformer.common.Numbers;
import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.preview.ClassColours;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.tasks.report.Pictures;
import io.spikeformer.tasks.report.Pictures.Colour;
import io.spikeformer.tasks.report.Pictures.Picture;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;

/** Draws examples: the image, what is true, what was predicted, and where both differ. */
final class ExamplePictures {
  private static final String JPEG = "image/jpeg";
  private static final String PNG = "image/png";
  private static final int WRONG = 0xd62728;
  private static final int IGNORED = 0xb0b0b0;

  /** Every so many diagonals of pixels without a class are bright. */
  private static final int HATCHING = 6;

  private static final int LEVEL = 0xff;
  private static final ImageCodec CODEC = new ImageCodec();

  private final List<String> names;
  private final TreeSet<Integer> present = new TreeSet<>();

  private ExamplePictures(List<String> names) {
    this.names = names;
  }

  /** What becomes of a pixel in a picture. */
  private interface Paint {
    /** The colour of a pixel, 0xRRGGBB. */
    int colour(int row, int column);
  }

  /**
   * The sheet of examples.
   *
   * @param names of the classes, in the order of their labels
   */
  static Pictures of(List<Example> examples, List<String> names) {
    ExamplePictures pictures = new ExamplePictures(names);
    List<Pictures.Row> rows = examples.stream().map(pictures::row).toList();
    List<Colour> legend = new ArrayList<>();
    for (int label : pictures.present) {
      legend.add(new Colour(ClassColours.ofPixels(label), names.get(label)));
    }
    legend.add(new Colour(IGNORED, "no class, hatched"));
    legend.add(new Colour(WRONG, "wrong"));
    return new Pictures(List.of("Image", "Truth", "Prediction", "Error"), rows, legend);
  }

  private Pictures.Row row(Example example) {
    LabelMap truth = map(example, example.truth());
    LabelMap predicted = map(example, example.prediction());
    RgbImage image = image(example);
    String right =
        Text.format(
            "%s: %s of %s labelled pixels right",
            example.key(), Numbers.percent(example.accuracy()), Numbers.count(example.labelled()));
    return new Pictures.Row(
        right,
        List.of(
            new Picture(JPEG, example.image(), "image of " + example.key()),
            png(truth, "truth of " + example.key(), (y, x) -> classOf(truth, y, x)),
            png(predicted, "prediction of " + example.key(), (y, x) -> classOf(predicted, y, x)),
            jpeg(
                truth,
                "error of " + example.key(),
                (y, x) -> error(image, truth.label(y, x), predicted.label(y, x), y, x))));
  }

  private int classOf(LabelMap map, int row, int column) {
    int label = map.label(row, column);
    if (label >= names.size()) {
      return hatched(row, column, 0);
    }
    present.add(label);
    return ClassColours.ofPixels(label);
  }

  private static int error(RgbImage image, int label, int predicted, int row, int column) {
    int level = 0;
    for (int channel = 0; channel < RgbImage.CHANNELS; channel++) {
      level += image.value(row, column, channel);
    }
    level /= RgbImage.CHANNELS;
    if (label == LabelMap.IGNORED) {
      return hatched(row, column, level / 3);
    }
    return label == predicted ? grey(level) : mixed(WRONG, level);
  }

  private static int hatched(int row, int column, int level) {
    return (row + column) % HATCHING == 0 ? IGNORED : grey(level);
  }

  private static int grey(int level) {
    return level << 16 | level << 8 | level;
  }

  /** Three quarters of a colour, the rest of a level of grey. */
  private static int mixed(int colour, int level) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      mixed |= (3 * (colour >> shift & LEVEL) + level) / 4 << shift;
    }
    return mixed;
  }

  private static Picture png(LabelMap size, String text, Paint paint) {
    return new Picture(PNG, file(size, paint, ImageEncoding.PNG), text);
  }

  private static Picture jpeg(LabelMap size, String text, Paint paint) {
    return new Picture(JPEG, file(size, paint, ImageEncoding.JPEG), text);
  }

  private static String file(LabelMap size, Paint paint, ImageEncoding encoding) {
    byte[] pixels = new byte[size.labels().length * RgbImage.CHANNELS];
    int to = 0;
    for (int row = 0; row < size.height(); row++) {
      for (int column = 0; column < size.width(); column++) {
        int colour = paint.colour(row, column);
        pixels[to++] = (byte) (colour >> 16);
        pixels[to++] = (byte) (colour >> 8);
        pixels[to++] = (byte) colour;
      }
    }
    RgbImage picture = new RgbImage(size.height(), size.width(), pixels);
    return Base64.getEncoder().encodeToString(CODEC.encode(picture, encoding));
  }

  private static LabelMap map(Example example, String file) {
    try {
      return LabelMap.decode(Base64.getDecoder().decode(file));
    } catch (InvalidImageException | IllegalArgumentException damage) {
      throw damaged(example, damage);
    }
  }

  private static RgbImage image(Example example) {
    try {
      return CODEC.decodeStored(Base64.getDecoder().decode(example.image()));
    } catch (InvalidImageException | IllegalArgumentException damage) {
      throw damaged(example, damage);
    }
  }

  private static UserException damaged(Example example, Exception damage) {
    return new UserException(
        damage,
        "evaluation result: expected pictures of sample %s, found bytes that %s; evaluate again",
        example.key(),
        damage.getMessage());
  }
}
