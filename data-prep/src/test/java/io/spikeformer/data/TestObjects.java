package io.spikeformer.data;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.image.Box;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Images with two rectangles, each of a colour that no other object of the split has. */
public final class TestObjects {
  /** Objects in images. */
  public static final SampleKind KIND = new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS);

  /** Level of all channels beside the objects. */
  public static final int GROUND = 60;

  private static final int STEP = 20;

  private TestObjects() {}

  /** Red of an object by its id; green and blue are 0. */
  public static int red(long id) {
    return 240 - STEP * (int) id / 2;
  }

  /** Blue of an object by its id. */
  public static int blue(long id) {
    return id % 2 == 0 ? 0 : 255;
  }

  /** The objects of the image with a number: boxes with masks, none if the image is small. */
  public static List<DetectedObject> objects(int number, int height, int width) {
    List<DetectedObject> objects = new ArrayList<>();
    if (height >= 32 && width >= 32) {
      objects.add(object(2 * number, new Box(height / 8, width / 8, height / 2, width / 4)));
      objects.add(object(2 * number + 1, new Box(height / 3, width / 2, height / 3, width / 3)));
    }
    return objects.stream().map(object -> masked(object, height, width)).toList();
  }

  /** The image of these objects. */
  public static RgbImage image(int height, int width, List<DetectedObject> objects) {
    byte[] pixels = new byte[height * width * RgbImage.CHANNELS];
    Arrays.fill(pixels, (byte) GROUND);
    for (DetectedObject object : objects) {
      Rect box = object.box();
      for (int y = (int) box.y(); y < box.bottom(); y++) {
        for (int x = (int) box.x(); x < box.right(); x++) {
          int at = (y * width + x) * RgbImage.CHANNELS;
          pixels[at] = (byte) red(object.id());
          pixels[at + 1] = 0;
          pixels[at + 2] = (byte) blue(object.id());
        }
      }
    }
    return new RgbImage(height, width, pixels);
  }

  /**
   * A split of such images, all in shards of the same number of rows.
   *
   * @param sizes height and width of each image
   */
  public static ShardSet write(Path folder, int rows, int[]... sizes) {
    Storage storage = new Storage(new Configuration());
    org.apache.hadoop.fs.Path split = Storage.path(folder.toString());
    ShardWriter writer = new ShardWriter(storage, split, KIND);
    List<ShardManifest.Shard> shards = new ArrayList<>();
    for (int from = 0; from < sizes.length; from += rows) {
      int first = from;
      int end = Math.min(sizes.length, from + rows);
      shards.add(
          writer
              .write(
                  shards.size(),
                  sink -> {
                    for (int i = first; i < end; i++) {
                      sink.accept(sample(i, sizes[i][0], sizes[i][1]));
                    }
                  })
              .shard());
    }
    ManifestFormat.write(storage, split, manifest(sizes.length, shards));
    return ShardSet.open(folder.toString(), new Configuration());
  }

  private static ShardManifest manifest(int samples, List<ShardManifest.Shard> shards) {
    return new ShardManifest(
        ShardManifest.SCHEMA_VERSION,
        KIND,
        "train",
        List.of("even", "odd"),
        new ShardManifest.Source(
            "coco", "file:/in", samples, 1, 0, shards.size(), Collections.emptySortedMap()),
        samples,
        0,
        0,
        shards);
  }

  private static Sample sample(int number, int height, int width) {
    List<DetectedObject> objects = objects(number, height, width);
    RgbImage image = image(height, width, objects);
    byte[] png = new ImageCodec().encode(image, ImageEncoding.PNG);
    String key = number + ".png";
    return new Sample(
        key,
        new EncodedImage(png, ImageEncoding.PNG, height, width),
        new EncodedObjects(ObjectBytes.encode(key, objects)));
  }

  private static DetectedObject object(int id, Box box) {
    Rect rect = new Rect(box.left(), box.top(), box.width(), box.height());
    return new DetectedObject(id, id % 2, ObjectKind.INSTANCE, rect, rect.area(), Optional.empty());
  }

  private static DetectedObject masked(DetectedObject object, int height, int width) {
    Rect box = object.box();
    byte[] mask = new byte[height * width];
    for (int y = (int) box.y(); y < box.bottom(); y++) {
      Arrays.fill(mask, y * width + (int) box.x(), y * width + (int) box.right(), (byte) 1);
    }
    return new DetectedObject(
        object.id(),
        object.label(),
        object.kind(),
        box,
        object.area(),
        Rle.encode(height, width, mask));
  }
}
