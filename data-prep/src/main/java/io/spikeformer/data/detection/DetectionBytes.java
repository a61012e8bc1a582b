package io.spikeformer.data.detection;

import io.spikeformer.data.geometry.Rect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The detections of one image in compact form, in the order in which they are added: class (int32),
 * score (float64), 1 and the box (4 x float64) or 0, length of the mask (int32) and the mask in
 * pycocotools' compressed text. A length of 0 says that there is no mask. Not thread-safe.
 */
public final class DetectionBytes {
  private static final int NUMBERS = 4 + 8 + 1 + 4;
  private static final int BOX = 4 * 8;

  private byte[] bytes = new byte[256];
  private int size;

  /** Adds a detection after those that are there. */
  public void add(Detection detection) {
    byte[] mask =
        detection.mask().map(Rle::compressed).orElse("").getBytes(StandardCharsets.US_ASCII);
    int length = NUMBERS + (detection.box().isPresent() ? BOX : 0) + mask.length;
    if (length > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, length), size + size / 2));
    }
    ByteBuffer out = ByteBuffer.wrap(bytes, size, length);
    out.putInt(detection.label()).putDouble(detection.score());
    out.put((byte) (detection.box().isPresent() ? 1 : 0));
    detection
        .box()
        .ifPresent(
            box ->
                out.putDouble(box.x())
                    .putDouble(box.y())
                    .putDouble(box.width())
                    .putDouble(box.height()));
    out.putInt(mask.length).put(mask);
    size += length;
  }

  /** What was added so far. */
  public byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  /**
   * Reads detections.
   *
   * @param bytes what {@link #bytes} gave
   * @param height rows of the image
   * @param width columns of the image
   */
  public static List<Detection> decode(byte[] bytes, int height, int width) {
    List<Detection> detections = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int label = in.getInt();
      double score = in.getDouble();
      Optional<Rect> box =
          in.get() == 0
              ? Optional.empty()
              : Optional.of(
                  new Rect(in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble()));
      int length = in.getInt();
      Optional<Rle> mask = Optional.empty();
      if (length > 0) {
        String text = new String(bytes, in.position(), length, StandardCharsets.US_ASCII);
        mask = Optional.of(Rle.parse(height, width, text));
        in.position(in.position() + length);
      }
      detections.add(new Detection(label, score, box, mask));
    }
    return detections;
  }
}
