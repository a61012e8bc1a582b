package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.DetectionSample;
import io.spikeformer.data.sample.EventSample;
import io.spikeformer.data.sample.ImageSample;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SegmentationSample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Draws samples with what is known of them. */
public final class SamplePainter {
  private static final int CELL = 224;
  private static final int FRAME = 128;
  private static final int GAP = 4;
  private static final int COLUMNS = 4;
  private static final double MASK_SHARE = 0.5;
  private static final int LEAST_CAPITAL = 8;

  /** Capital letters on the image's shorter side. */
  private static final int LETTERS = 40;

  /** The shorter side of an image on which names have room. */
  private static final int LEAST_SIDE = 64;

  /** Gives the pixels of a file. */
  @FunctionalInterface
  private interface Decoding {
    RgbImage image() throws InvalidImageException;
  }

  /** The class of an object, written at the corner of its box, in pixels of the image. */
  private record Tag(int label, double left, double top) {}

  /**
   * A sample as pixels.
   *
   * @param image without names
   * @param tags of its objects
   * @param pixels of each class of a label map, by its number; empty without one
   */
  private record Painting(RgbImage image, List<Tag> tags, long[] pixels) {
    Painting(RgbImage image) {
      this(image, List.of(), new long[0]);
    }
  }

  private final EventPainter events = new EventPainter();
  private final ImageCodec codec = new ImageCodec();
  private final List<String> classes;

  /**
   * A painter of one split's samples.
   *
   * @param classes names in the order of the labels
   */
  public SamplePainter(List<String> classes) {
    this.classes = List.copyOf(classes);
  }

  /** One sample at its own size, as a PNG file. */
  public byte[] draw(Sample sample) {
    Painting painting = paint(sample);
    RgbImage image = painting.image();
    if (Math.min(image.height(), image.width()) >= LEAST_SIDE) {
      return encode(tagged(painting, image.height(), image.width()), coloured(List.of(painting)));
    }
    // names would hide such an image
    Map<Integer, Long> present = coloured(List.of(painting));
    painting.tags().forEach(tag -> present.merge(tag.label(), 1L, Long::sum));
    return encode(image, present);
  }

  /** Classes whose pixels have a colour, with the number of these. */
  private static Map<Integer, Long> coloured(List<Painting> paintings) {
    Map<Integer, Long> present = new TreeMap<>();
    for (Painting painting : paintings) {
      for (int label = 0; label < painting.pixels().length; label++) {
        if (label != SegmentationSample.IGNORED && painting.pixels()[label] > 0) {
          present.merge(label, painting.pixels()[label], Long::sum);
        }
      }
    }
    return present;
  }

  /** With a legend of these classes, the most frequent first. */
  private byte[] encode(RgbImage picture, Map<Integer, Long> present) {
    List<Legend.Entry> entries =
        present.entrySet().stream()
            .sorted(Map.Entry.<Integer, Long>comparingByValue().reversed())
            .map(entry -> new Legend.Entry(ClassColours.of(entry.getKey()), name(entry.getKey())))
            .toList();
    RgbImage whole = entries.isEmpty() ? picture : Legend.below(picture, entries);
    return codec.encode(whole, ImageEncoding.PNG);
  }

  /** At a size, with the names of its objects. */
  private RgbImage tagged(Painting painting, int height, int width) {
    RgbImage image = painting.image();
    boolean same = height == image.height() && width == image.width();
    Canvas canvas = Canvas.of(same ? image : BicubicResize.resize(image, height, width));
    double down = (double) height / image.height();
    double across = (double) width / image.width();
    int capital = Math.max(LEAST_CAPITAL, Math.min(height, width) / LETTERS);
    for (Tag tag : painting.tags()) {
      int colour = ClassColours.of(tag.label());
      canvas.tag(name(tag.label()), across * tag.left(), down * tag.top(), colour, capital);
    }
    return canvas.image();
  }

  private String name(int label) {
    return label < classes.size()
        ? Lettering.drawable(classes.get(label), label)
        : "class " + label;
  }

  /**
   * Several samples as a PNG file: images side by side, each fitted into a square, recordings of
   * events one below the other, their frames side by side.
   */
  public byte[] sheet(List<Sample> samples) {
    if (!samples.isEmpty() && samples.get(0) instanceof EventSample) {
      return codec.encode(strips(samples), ImageEncoding.PNG);
    }
    List<Painting> paintings = samples.stream().map(this::paint).toList();
    List<RgbImage> cells = paintings.stream().map(this::fitted).toList();
    int rows = Math.max(1, (cells.size() + COLUMNS - 1) / COLUMNS);
    Canvas canvas = new Canvas(rows * (CELL + GAP) - GAP, COLUMNS * (CELL + GAP) - GAP);
    for (int i = 0; i < cells.size(); i++) {
      RgbImage cell = cells.get(i);
      canvas.paste(
          cell,
          i / COLUMNS * (CELL + GAP) + (CELL - cell.height()) / 2,
          i % COLUMNS * (CELL + GAP) + (CELL - cell.width()) / 2);
    }
    return encode(canvas.image(), coloured(paintings));
  }

  private RgbImage strips(List<Sample> samples) {
    List<RgbImage> strips =
        samples.stream().map(sample -> events.strip((EventSample) sample, FRAME)).toList();
    int height = strips.stream().mapToInt(strip -> strip.height() + GAP).sum() - GAP;
    int width = strips.stream().mapToInt(RgbImage::width).max().orElseThrow();
    Canvas canvas = new Canvas(height, width);
    int row = 0;
    for (RgbImage strip : strips) {
      canvas.paste(strip, row, 0);
      row += strip.height() + GAP;
    }
    return canvas.image();
  }

  private Painting paint(Sample sample) {
    if (sample instanceof ImageSample image) {
      return new Painting(decode(sample, () -> codec.decode(image.image())));
    }
    if (sample instanceof SegmentationSample segmentation) {
      return withLabels(segmentation);
    }
    if (sample instanceof DetectionSample detection) {
      return withObjects(detection);
    }
    return new Painting(events.paint((EventSample) sample));
  }

  private Painting withLabels(SegmentationSample sample) {
    Canvas canvas = Canvas.of(stored(sample, sample.image().bytes()));
    RgbImage map = stored(sample, sample.labelMap());
    long[] pixels = new long[SegmentationSample.IGNORED + 1];
    for (int row = 0; row < Math.min(map.height(), canvas.height()); row++) {
      for (int column = 0; column < Math.min(map.width(), canvas.width()); column++) {
        int label = map.value(row, column, 0);
        pixels[label]++;
        if (label != SegmentationSample.IGNORED) {
          canvas.mix(row, column, ClassColours.of(label), MASK_SHARE);
        }
      }
    }
    return new Painting(canvas.image(), List.of(), pixels);
  }

  private Painting withObjects(DetectionSample sample) {
    Canvas canvas = Canvas.of(stored(sample, sample.image().bytes()));
    List<DetectedObject> objects =
        ObjectBytes.decode(
            sample.key(), sample.annotations(), sample.image().height(), sample.image().width());
    List<Tag> tags = new ArrayList<>();
    for (DetectedObject object : objects) {
      int colour = ClassColours.of(object.label());
      object.mask().ifPresent(mask -> mixMask(canvas, mask, colour));
      Rect box = object.box();
      canvas.outline(box.x(), box.y(), box.x() + box.width(), box.y() + box.height(), colour);
      tags.add(new Tag(object.label(), box.x(), box.y()));
    }
    return new Painting(canvas.image(), tags, new long[0]);
  }

  /** Runs go down the columns, in turn outside and inside of the mask. */
  private static void mixMask(Canvas canvas, Rle mask, int colour) {
    int pixel = 0;
    boolean inside = false;
    for (int run : mask.counts()) {
      for (int end = pixel + run; pixel < end; pixel++) {
        if (inside) {
          canvas.mix(pixel % mask.height(), pixel / mask.height(), colour, MASK_SHARE);
        }
      }
      inside = !inside;
    }
  }

  /** What annotations lie on: the pixels as stored. */
  private RgbImage stored(Sample sample, byte[] file) {
    return decode(sample, () -> codec.decodeStored(file));
  }

  private static RgbImage decode(Sample sample, Decoding decoding) {
    try {
      return decoding.image();
    } catch (InvalidImageException reason) {
      throw new UserException(
          "sample %s cannot be drawn: %s; run verify".formatted(sample.key(), reason.getMessage()),
          reason);
    }
  }

  private RgbImage fitted(Painting painting) {
    RgbImage image = painting.image();
    double scale = (double) CELL / Math.max(image.height(), image.width());
    int height = Math.max(1, Math.min(CELL, (int) Math.round(image.height() * scale)));
    int width = Math.max(1, Math.min(CELL, (int) Math.round(image.width() * scale)));
    return tagged(painting, height, width);
  }
}
