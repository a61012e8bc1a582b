package io.spikeformer.data.preview;

import io.spikeformer.common.UserException;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.Lettering;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedFrames;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.Sample;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Draws samples with what is known of them. */
public final class SamplePainter {
  private static final int CELL = 224;
  private static final int FRAME = 128;
  private static final int GAP = 4;
  private static final int COLUMNS = 4;

  /** The shorter side of an image on which names have room. */
  private static final int LEAST_SIDE = 64;

  /**
   * A sample as pixels.
   *
   * @param frames without names: one of an image, several of a recording
   * @param drawn what is to be named
   */
  private record Painting(List<Canvas> frames, TruthPainter.Drawn drawn) {
    /** All frames at their own size. */
    RgbImage image() {
      return frames.size() == 1
          ? frames.get(0).image()
          : EventPainter.strip(frames, Integer.MAX_VALUE);
    }

    /** Whether names have room at the boxes. */
    boolean hasRoom() {
      Canvas first = frames.get(0);
      return frames.size() == 1 && Math.min(first.height(), first.width()) >= LEAST_SIDE;
    }
  }

  /**
   * A class of a legend.
   *
   * @param colour 0xRRGGBB
   */
  private record Named(int label, int colour) {}

  private final EventPainter events = new EventPainter();
  private final TruthPainter truths = new TruthPainter();
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
    Map<Named, Long> present = coloured(List.of(painting));
    if (painting.hasRoom()) {
      return encode(tagged(painting, image.height(), image.width()), present);
    }
    // names would hide such an image
    return encode(image, withObjects(present, painting));
  }

  private static Map<Named, Long> withObjects(Map<Named, Long> present, Painting painting) {
    for (TruthPainter.Tag tag : painting.drawn().tags()) {
      present.merge(new Named(tag.label(), ClassColours.of(tag.label())), 1L, Long::sum);
    }
    return present;
  }

  /** Classes whose pixels have a colour, with the number of these. */
  private static Map<Named, Long> coloured(List<Painting> paintings) {
    Map<Named, Long> present = new TreeMap<>(Comparator.comparingInt(Named::label));
    for (Painting painting : paintings) {
      long[] pixels = painting.drawn().pixels();
      for (int label = 0; label < pixels.length; label++) {
        if (label != EncodedLabelMap.IGNORED && pixels[label] > 0) {
          Named named = new Named(label, ClassColours.ofPixels(label));
          present.merge(named, pixels[label], Long::sum);
        }
      }
    }
    return present;
  }

  /** With a legend of these classes, the most frequent first. */
  private byte[] encode(RgbImage picture, Map<Named, Long> present) {
    List<Legend.Entry> entries =
        present.entrySet().stream()
            .sorted(Map.Entry.<Named, Long>comparingByValue().reversed())
            .map(Map.Entry::getKey)
            .map(named -> new Legend.Entry(named.colour(), name(named.label())))
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
    int capital = ObjectOverlay.capital(height, width);
    for (TruthPainter.Tag tag : painting.drawn().tags()) {
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
    List<Painting> paintings = samples.stream().map(this::paint).toList();
    Map<Named, Long> present = coloured(paintings);
    if (!samples.isEmpty() && samples.get(0).content().kind() == ContentKind.EVENTS) {
      paintings.forEach(painting -> withObjects(present, painting));
      return encode(strips(paintings), present);
    }
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
    return encode(canvas.image(), present);
  }

  private static RgbImage strips(List<Painting> paintings) {
    List<RgbImage> strips =
        paintings.stream().map(painting -> EventPainter.strip(painting.frames(), FRAME)).toList();
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
    List<Canvas> frames =
        switch (sample.content().kind()) {
          case IMAGE -> List.of(image(sample, (EncodedImage) sample.content()));
          case EVENTS -> events.frames(sample.key(), (EncodedFrames) sample.content());
        };
    return new Painting(frames, truths.draw(sample, frames));
  }

  private Canvas image(Sample sample, EncodedImage image) {
    try {
      return Canvas.of(image.decode(codec, sample.truth().kind()));
    } catch (InvalidImageException damage) {
      throw new UserException(
          damage, "sample %s cannot be drawn: %s; run verify", sample.key(), damage.getMessage());
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
