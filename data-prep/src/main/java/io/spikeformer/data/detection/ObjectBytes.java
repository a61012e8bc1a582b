package io.spikeformer.data.detection;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Rect;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The objects of a sample as bytes, big-endian: version (int8), number of objects (int32), then the
 * objects. Each has its id (int64), class (int32), kind (int8, 0 instance, 1 crowd), x, y, width
 * and height of the box and the area (5 x float64), length of the mask (int32) and the mask in
 * pycocotools' compressed text. The masks' size is the image's.
 *
 * <p>Version 1 where every object has a mask, else version 2, in which a length of 0 says that an
 * object has none. So the same masks give the bytes that earlier builds wrote.
 */
public final class ObjectBytes {
  /** Most objects of one image. */
  public static final int MAX_OBJECTS = 65_536;

  /** Longest byte form of one sample. */
  public static final int MAX_BYTES = 256 << 20;

  private static final byte MASKS = 1;
  private static final byte MASKS_OR_BOXES = 2;
  private static final int HEADER_BYTES = 1 + 4;
  private static final int FIXED_BYTES = 8 + 4 + 1 + 5 * 8 + 4;

  private ObjectBytes() {}

  /**
   * Writes the objects of a sample.
   *
   * @throws UserException if they are more than {@link #MAX_OBJECTS} or {@link #MAX_BYTES}
   */
  public static byte[] encode(String key, List<DetectedObject> objects) {
    List<byte[]> parts = objects.stream().map(ObjectBytes::encode).toList();
    return join(key, parts);
  }

  /** The objects that {@link #encode(DetectedObject)} wrote one by one, as one byte form. */
  static byte[] join(String key, List<byte[]> parts) {
    long length = HEADER_BYTES + parts.stream().mapToLong(part -> part.length).sum();
    if (parts.size() > MAX_OBJECTS || length > MAX_BYTES) {
      throw new UserException(
          "annotations of %s: expected at most %d objects in %d bytes, found %d in %d",
          key, MAX_OBJECTS, MAX_BYTES, parts.size(), length);
    }
    ByteBuffer out = ByteBuffer.allocate((int) length);
    boolean masks = parts.stream().allMatch(part -> part.length > FIXED_BYTES);
    out.put(masks ? MASKS : MASKS_OR_BOXES).putInt(parts.size());
    parts.forEach(out::put);
    return out.array();
  }

  /** Id of an object that {@link #encode(DetectedObject)} wrote. */
  static long id(byte[] object) {
    return ByteBuffer.wrap(object).getLong();
  }

  /** Whether an object that {@link #encode(DetectedObject)} wrote is a crowd. */
  static boolean isCrowd(byte[] object) {
    return object[Long.BYTES + Integer.BYTES] == ObjectKind.CROWD.ordinal();
  }

  /** Class, kind and box of an object that {@link #encode(DetectedObject)} wrote. */
  static ByteBuffer classAndBox(byte[] object) {
    return ByteBuffer.wrap(object, Long.BYTES, Integer.BYTES + 1 + 4 * Double.BYTES);
  }

  /** One object without the header. */
  static byte[] encode(DetectedObject object) {
    byte[] mask = object.mask().map(Rle::compressed).orElse("").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + mask.length);
    out.putLong(object.id()).putInt(object.label()).put((byte) object.kind().ordinal());
    Rect box = object.box();
    out.putDouble(box.x()).putDouble(box.y()).putDouble(box.width()).putDouble(box.height());
    out.putDouble(object.area()).putInt(mask.length).put(mask);
    return out.array();
  }

  /**
   * Reads the objects of a sample.
   *
   * @param key of the sample, for messages
   * @param bytes what {@link #encode} wrote
   * @param height rows of the image
   * @param width columns of the image
   * @throws UserException if the bytes are damaged or of another version
   */
  public static List<DetectedObject> decode(String key, byte[] bytes, int height, int width) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int found = 0;
    try {
      byte version = in.get();
      if (version != MASKS && version != MASKS_OR_BOXES) {
        throw new UserException(
            "annotations of %s: expected version %d or %d, found %d; prepare the data again",
            key, MASKS, MASKS_OR_BOXES, version);
      }
      int count = in.getInt();
      if (count < 0 || count > MAX_OBJECTS || (long) count * FIXED_BYTES > in.remaining()) {
        throw damaged(key, 1, Text.format("%d objects in %d bytes", count, bytes.length), null);
      }
      List<DetectedObject> objects = new ArrayList<>(count);
      for (found = 0; found < count; found++) {
        objects.add(decode(in, version, height, width));
      }
      if (in.hasRemaining()) {
        throw damaged(key, in.position(), in.remaining() + " bytes after the last object", null);
      }
      return objects;
    } catch (BufferUnderflowException cut) {
      throw damaged(key, bytes.length, "the end inside object " + found, cut);
    } catch (IllegalArgumentException damage) {
      throw damaged(key, in.position(), damage.getMessage(), damage);
    }
  }

  private static DetectedObject decode(ByteBuffer in, byte version, int height, int width) {
    long id = in.getLong();
    int label = in.getInt();
    byte kind = in.get();
    if (kind < 0 || kind >= ObjectKind.values().length) {
      throw new IllegalArgumentException(Text.format("expected kind 0 or 1, found %s", kind));
    }
    Rect box = new Rect(in.getDouble(), in.getDouble(), in.getDouble(), in.getDouble());
    double area = in.getDouble();
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException(
          Text.format("expected a mask of at most %d bytes, found %d", in.remaining(), length));
    }
    String text = new String(in.array(), in.position(), length, StandardCharsets.ISO_8859_1);
    in.position(in.position() + length);
    boolean boxAlone = length == 0 && version == MASKS_OR_BOXES;
    Optional<Rle> mask = boxAlone ? Optional.empty() : Optional.of(Rle.parse(height, width, text));
    return new DetectedObject(id, label, ObjectKind.values()[kind], box, area, mask);
  }

  private static UserException damaged(String key, int at, String found, Exception cause) {
    return new UserException(
        cause, "damaged annotations of %s at byte %d: %s; prepare the data again", key, at, found);
  }
}
