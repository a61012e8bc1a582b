package io.spikeformer.eval.spark;

import io.spikeformer.data.detection.CocoImage;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.Detection;
import io.spikeformer.data.detection.DetectionBytes;
import io.spikeformer.data.detection.ObjectBytes;
import java.util.List;

/**
 * An image with its objects and a model's detections, in the compact forms in which they travel to
 * the tasks. No record, since Kryo reads none.
 */
public final class ScoredImage {
  private static final byte[] NOTHING = {};

  private final long id;
  private final String name;
  private final int height;
  private final int width;
  private final byte[] objects;
  private final byte[] detections;

  private ScoredImage(
      long id, String name, int height, int width, byte[] objects, byte[] detections) {
    this.id = id;
    this.name = name;
    this.height = height;
    this.width = width;
    this.objects = objects;
    this.detections = detections;
  }

  /**
   * An image without detections.
   *
   * @param image whose id orders detections of equal score
   * @param objects as {@link ObjectBytes} writes them
   */
  static ScoredImage of(CocoImage image, byte[] objects) {
    return new ScoredImage(
        image.id(), image.fileName(), image.height(), image.width(), objects, NOTHING);
  }

  /**
   * The same image with detections in place of those that it has.
   *
   * @param found as {@link DetectionBytes} writes them
   */
  public ScoredImage withDetections(byte[] found) {
    return new ScoredImage(id, name, height, width, objects, found);
  }

  /** Its id. */
  public long id() {
    return id;
  }

  /** Its name and size. */
  CocoImage image() {
    return new CocoImage(id, name, height, width);
  }

  /** Its objects. */
  public List<DetectedObject> objects() {
    return ObjectBytes.decode(name, objects, height, width);
  }

  /** Its detections. */
  List<Detection> detections() {
    return DetectionBytes.decode(detections, height, width);
  }

  /** Bytes that it takes, roughly. */
  long byteCount() {
    return (long) objects.length + detections.length + name.length();
  }
}
