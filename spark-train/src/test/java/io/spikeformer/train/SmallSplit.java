package io.spikeformer.train;

import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.ObjectBytes;
import io.spikeformer.data.detection.ObjectKind;
import io.spikeformer.data.detection.Rle;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.EncodedLabelMap;
import io.spikeformer.data.sample.EncodedObjects;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardWriter;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** A prepared split of small coloured images, and the recipe of a model that is just as small. */
public final class SmallSplit {
  /** Side of the images. */
  public static final int SIZE = 16;

  /** Names of its classes, in the order of their labels. */
  public static final List<String> CLASSES = List.of("blue", "green", "red");

  private static final String RECIPE =
      """
      model:
        preset: tiny
        classes: 3
        widths: [8, 8, 8, 8]
        depths: [1, 1]
        heads: 1
      data:
        batch-size: 4
        shuffle-group: 2
        training:
          {crop: padded, size: 16, padding: 2, rand-augment: none, random-erasing: 0}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 2, warm-up-epochs: 1, base-rate: 0.004, scaling: none}
      averaging: {workers: 2, frequency: 2}
      checkpoint: {every-rounds: 1}
      watch: {silent-below: 0}
      seed: 5
      """;

  private SmallSplit() {}

  /** A recipe for the split with differences such as {@code averaging.workers=1}. */
  public static Recipe recipe(String... overrides) {
    return RecipeReader.read(RECIPE, "test", List.of(overrides));
  }

  /** A recipe's text as checkpoints have it that are older than the keys of objects. */
  public static String beforeObjects(Recipe recipe) {
    return recipe
        .toYaml()
        .replaceAll("(?m)^    padding-multiple:.*\n", "")
        .replaceAll("(?m)^    short-sides: \\[\\]\n", "")
        .replaceAll("(?m)^    mosaic:\n(      .*\n)+", "")
        .replaceAll("(?m)^    (part-short-sides|part-size|hsv-gains):\n(    - .*\n)+", "");
  }

  /** A recipe's text as checkpoints have it that are older than the keys of label maps. */
  public static String beforeLabelMaps(Recipe recipe) {
    return beforeObjects(recipe)
        .replaceAll("(?m)^    (padding-colour|largest-class-share):.*\n", "")
        .replaceAll("(?m)^    (resize|jitter|photometric-distortion|fit):\n(    - .*\n)+", "");
  }

  /** A recipe's text as checkpoints have it that are older than some keys. */
  public static String beforeAugmentation(Recipe recipe) {
    return beforeLabelMaps(recipe)
        .replaceAll("(?m)^initialise-head:.*\n", "")
        .replaceAll("(?m)^    (interpolation|rand-augment|random-erasing):.*\n", "")
        .replaceAll("(?m)^    colour-jitter:\n(    - .*\n)+", "")
        .replaceAll("(?m)^    events:\n(      .*\n)+", "");
  }

  /** Writes a split and returns its location. */
  public static String write(java.nio.file.Path folder, int shards, int rows) throws IOException {
    Random random = new Random(17);
    return write(
        folder,
        TruthKind.CLASS_LABEL,
        shards,
        rows,
        index -> sample(index, index % CLASSES.size(), random));
  }

  /** Writes shards that all hold the same images, each shard with other labels. */
  public static String writeTwins(java.nio.file.Path folder, int shards, int rows)
      throws IOException {
    return write(
        folder,
        TruthKind.CLASS_LABEL,
        shards,
        rows,
        index -> {
          Sample image = sample(index, index % rows % CLASSES.size(), new Random(index % rows));
          int label = (index % rows + index / rows) % CLASSES.size();
          return new Sample(image.key(), image.content(), new ClassLabel(label));
        });
  }

  /** Draws a sample. */
  private interface Source {
    Sample sample(int index) throws IOException;
  }

  private static String write(
      java.nio.file.Path folder, TruthKind truth, int shards, int rows, Source source)
      throws IOException {
    SampleKind kind = new SampleKind(ContentKind.IMAGE, truth);
    Path target = Storage.path(folder.toString());
    Storage storage = new Storage(new Configuration());
    ShardWriter writer = new ShardWriter(storage, target, kind);
    List<ShardManifest.Shard> written = new ArrayList<>();
    for (int shard = 0; shard < shards; shard++) {
      int first = shard * rows;
      written.add(
          writer
              .write(
                  shard,
                  sink -> {
                    for (int row = 0; row < rows; row++) {
                      sink.accept(source.sample(first + row));
                    }
                  })
              .shard());
    }
    int samples = shards * rows;
    ManifestFormat.write(
        storage,
        target,
        new ShardManifest(
            ShardManifest.SCHEMA_VERSION,
            kind,
            folder.getFileName().toString(),
            CLASSES,
            new ShardManifest.Source(
                "imagenet", "drawn", samples, samples, 17, shards, Collections.emptySortedMap()),
            samples,
            0,
            0,
            written));
    return folder.toString();
  }

  /** Writes images of two classes, one left and one right, with label maps. */
  public static String writeMaps(java.nio.file.Path folder, int shards, int rows)
      throws IOException {
    Random random = new Random(23);
    return write(folder, TruthKind.LABEL_MAP, shards, rows, index -> mapped(index, random));
  }

  private static Sample mapped(int index, Random random) throws IOException {
    int left = random.nextInt(CLASSES.size());
    int right = random.nextInt(CLASSES.size());
    int border = 4 + random.nextInt(SIZE - 8);
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    byte[] labels = new byte[SIZE * SIZE];
    for (int i = 0; i < labels.length; i++) {
      int x = i % SIZE;
      int label = x < border ? left : right;
      image.setRGB(x, i / SIZE, random.nextInt(0x80) * 0x010101 | 0xff << 8 * label);
      labels[i] = (byte) (x == border ? LabelMap.IGNORED : label);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    return new Sample(
        index + ".png",
        new EncodedImage(png.toByteArray(), ImageEncoding.PNG, SIZE, SIZE),
        new EncodedLabelMap(new LabelMap(SIZE, SIZE, labels).encode()));
  }

  /** Writes images of up to two objects, each with a mask; some images show none. */
  public static String writeObjects(java.nio.file.Path folder, int shards, int rows)
      throws IOException {
    Random random = new Random(29);
    return write(folder, TruthKind.OBJECTS, shards, rows, index -> objects(index, random));
  }

  private static Sample objects(int index, Random random) throws IOException {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < SIZE * SIZE; i++) {
      image.setRGB(i % SIZE, i / SIZE, random.nextInt(0x40) * 0x010101);
    }
    List<DetectedObject> objects = new ArrayList<>();
    for (int i = 0; i < index % 3; i++) {
      int label = random.nextInt(CLASSES.size());
      int side = 5 + random.nextInt(3);
      int left = i * SIZE / 2 + random.nextInt(SIZE / 2 - side + 1);
      int top = random.nextInt(SIZE - side + 1);
      byte[] pixels = new byte[SIZE * SIZE];
      for (int k = 0; k < side * side; k++) {
        int x = left + k % side;
        int y = top + k / side;
        image.setRGB(x, y, 0xff << 8 * label);
        pixels[y * SIZE + x] = 1;
      }
      Rle mask = Rle.encode(SIZE, SIZE, pixels);
      long id = 2L * index + i;
      objects.add(
          new DetectedObject(id, label, ObjectKind.INSTANCE, mask.box(), mask.area(), mask));
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    String key = index + ".png";
    return new Sample(
        key,
        new EncodedImage(png.toByteArray(), ImageEncoding.PNG, SIZE, SIZE),
        new EncodedObjects(ObjectBytes.encode(key, objects)));
  }

  private static Sample sample(int index, int label, Random random) throws IOException {
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        int noise = random.nextInt(0x80);
        image.setRGB(x, y, noise * 0x010101 | 0xff << 8 * label);
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(image, "png", png);
    String key = CLASSES.get(label) + "/" + index + ".png";
    return new Sample(
        key,
        new EncodedImage(png.toByteArray(), ImageEncoding.PNG, SIZE, SIZE),
        new ClassLabel(label));
  }
}
