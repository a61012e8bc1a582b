package io.spikeformer.data.preview;

import io.spikeformer.data.DataException;
import io.spikeformer.data.DetectionSample;
import io.spikeformer.data.EventSample;
import io.spikeformer.data.ImageSample;
import io.spikeformer.data.Sample;
import io.spikeformer.data.SegmentationSample;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.BicubicResize;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.InvalidImageException;
import io.spikeformer.data.image.RgbImage;
import java.util.ArrayList;
import java.util.List;

/** Draws samples with what is known of them. */
public final class SamplePainter {
  private static final int CELL = 224;
  private static final int FRAME = 128;
  private static final int GAP = 4;
  private static final int COLUMNS = 4;
  private static final double MASK_SHARE = 0.5;

  /** Gives the pixels of a file. */
  @FunctionalInterface
  private interface Decoding {
    RgbImage image() throws InvalidImageException;
  }

  private final EventPainter events = new EventPainter();
  private final ImageCodec codec = new ImageCodec();

  /** One sample at its own size, as a PNG file. */
  public byte[] draw(Sample sample) {
    return codec.encode(paint(sample), ImageEncoding.PNG);
  }

  /**
   * Several samples as a PNG file: images side by side, each fitted into a square, recordings of
   * events one below the other, their frames side by side.
   */
  public byte[] sheet(List<Sample> samples) {
    if (!samples.isEmpty() && samples.get(0) instanceof EventSample) {
      return codec.encode(strips(samples), ImageEncoding.PNG);
    }
    List<RgbImage> cells = new ArrayList<>();
    samples.forEach(sample -> cells.add(fitted(paint(sample))));
    int rows = Math.max(1, (cells.size() + COLUMNS - 1) / COLUMNS);
    Canvas canvas = new Canvas(rows * (CELL + GAP) - GAP, COLUMNS * (CELL + GAP) - GAP);
    for (int i = 0; i < cells.size(); i++) {
      RgbImage cell = cells.get(i);
      canvas.paste(
          cell,
          i / COLUMNS * (CELL + GAP) + (CELL - cell.height()) / 2,
          i % COLUMNS * (CELL + GAP) + (CELL - cell.width()) / 2);
    }
    return codec.encode(canvas.image(), ImageEncoding.PNG);
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

  private RgbImage paint(Sample sample) {
    if (sample instanceof ImageSample image) {
      return decode(sample, () -> codec.decode(image.image()));
    }
    if (sample instanceof SegmentationSample segmentation) {
      return withLabels(segmentation);
    }
    if (sample instanceof DetectionSample detection) {
      return withObjects(detection);
    }
    return events.paint((EventSample) sample);
  }

  private RgbImage withLabels(SegmentationSample sample) {
    Canvas canvas = Canvas.of(stored(sample, sample.image().bytes()));
    RgbImage map = stored(sample, sample.labelMap());
    for (int row = 0; row < Math.min(map.height(), canvas.height()); row++) {
      for (int column = 0; column < Math.min(map.width(), canvas.width()); column++) {
        int label = map.value(row, column, 0);
        if (label != SegmentationSample.IGNORED) {
          canvas.mix(row, column, ClassColours.of(label), MASK_SHARE);
        }
      }
    }
    return canvas.image();
  }

  private RgbImage withObjects(DetectionSample sample) {
    Canvas canvas = Canvas.of(stored(sample, sample.image().bytes()));
    List<DetectedObject> objects =
        ObjectBytes.decode(
            sample.key(), sample.annotations(), sample.image().height(), sample.image().width());
    for (DetectedObject object : objects) {
      int colour = ClassColours.of(object.label());
      object.mask().ifPresent(mask -> mixMask(canvas, mask, colour));
      Rect box = object.box();
      canvas.outline(box.x(), box.y(), box.x() + box.width(), box.y() + box.height(), colour);
    }
    return canvas.image();
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
      throw new DataException(
          "sample %s cannot be drawn: %s; run verify".formatted(sample.key(), reason.getMessage()),
          reason);
    }
  }

  private static RgbImage fitted(RgbImage image) {
    double scale = (double) CELL / Math.max(image.height(), image.width());
    int height = Math.max(1, Math.min(CELL, (int) Math.round(image.height() * scale)));
    int width = Math.max(1, Math.min(CELL, (int) Math.round(image.width() * scale)));
    return BicubicResize.resize(image, height, width);
  }
}
