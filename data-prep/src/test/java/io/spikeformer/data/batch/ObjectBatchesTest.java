package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestObjects;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.VisibleObjects;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Letterbox;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.data.geometry.OneOf;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.geometry.Zoomed;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ShardSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectBatchesTest {
  private static final PixelNormalisation SIGNED =
      new PixelNormalisation(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
  private static final Padding PADDING = new Padding.Multiple(32);

  private static final Resize SHORT_SIDES = new Resize.Choice(List.of(60, 80, 100), 167);
  private static final Crop EITHER =
      new OneOf(
          List.of(
              new Crop.Scaled(SHORT_SIDES, new Window.Whole(), PADDING),
              new Zoomed(
                  new Resize.Choice(List.of(50, 62, 75), 167), 48, 75, SHORT_SIDES, PADDING)));

  /** Heights and widths: tiny, high, wide, large, odd. */
  private static final int[][] SIZES = {
    {96, 128}, {1, 1}, {128, 96}, {57, 203}, {160, 160}, {20, 300}, {75, 75}, {97, 131}
  };

  private static final int SHARD_ROWS = 3;

  @TempDir Path folder;
  private ShardSet shards;

  private record Moved(List<List<DetectedObject>> objects, List<Geometry> plans)
      implements Targets {
    static Moved of(List<SampleTruth> truths, List<Geometry> plans) {
      VisibleObjects visible = new VisibleObjects(1);
      return new Moved(
          IntStream.range(0, plans.size())
              .mapToObj(i -> visible.after(plans.get(i), truths.get(i).objects()))
              .toList(),
          plans);
    }
  }

  @BeforeEach
  void writeShards() {
    shards = TestObjects.write(folder.resolve("objects"), SHARD_ROWS, SIZES);
  }

  static Stream<Crop> crops() {
    return Stream.of(
        Crop.Scaled.fit(100, 167, PADDING),
        new Crop.Scaled(new Resize.Fit(90, 150, 0.5, 2), new Window.Random(80, 70), PADDING),
        EITHER);
  }

  @ParameterizedTest
  @MethodSource("crops")
  void objectsStayOnTheirPixels(Crop crop) {
    int seen = 0;
    for (int epoch = 0; epoch < 10; epoch++) {
      for (Batch batch : readAll(crop, new ReadOptions(3, 5, epoch, 1, 2))) {
        for (int i = 0; i < batch.size(); i++) {
          for (DetectedObject object : ((Moved) batch.targets()).objects().get(i)) {
            seen += requireOnPixels(batch, i, object, SIZES[4][0]);
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(50);
  }

  @Test
  void objectsStayOnTheirPixelsInALetterbox() {
    Crop crop = new Letterbox(150);
    List<Batch> batches = readAll(crop, new ReadOptions(3, 5, 0, 1, 2));
    int seen = 0;
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        assertThat(batch.sizes().get(i)).isEqualTo(new Size(150, 150));
        for (DetectedObject object : ((Moved) batch.targets()).objects().get(i)) {
          seen += requireOnPixels(batch, i, object, SIZES[4][0]);
        }
      }
    }
    assertThat(seen).isGreaterThan(8);
    Geometry high = ((Moved) batches.get(0).targets()).plans().get(2);
    assertThat(high.content()).as("centred").isEqualTo(new Rect(19, 0, 113, 150));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void objectsStayOnTheirPixelsInMosaics(double probability) {
    TransformConfig config = mosaics(probability);
    int seen = 0;
    int together = 0;
    for (int epoch = 0; epoch < 20; epoch++) {
      for (Batch batch : readAll(config, new ReadOptions(3, 5, epoch, 1, 2))) {
        assertThat(batch.sizes()).allMatch(new Size(128, 128)::equals);
        for (int i = 0; i < batch.size(); i++) {
          List<DetectedObject> objects = ((Moved) batch.targets()).objects().get(i);
          together += objects.size() > 2 ? 1 : 0;
          for (DetectedObject object : objects) {
            // an image may be drawn twice, and an object of it be cut away almost
            seen += requireOnPixels(batch, i, object, 6);
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(100);
    assertThat(together > 20).isEqualTo(probability > 0);
  }

  @Test
  void aMosaicDependsOnItsSampleSeedAndEpochAlone() {
    TransformConfig config = mosaics(1);
    List<Batch> all = readAll(config, new ReadOptions(3, 5, 2, 3, 3));
    assertThat(readAll(config, new ReadOptions(3, 5, 2, 1, 1)))
        .usingRecursiveComparison()
        .isEqualTo(all);
    List<SampleRef> last = List.of(place(4), place(1));
    List<Batch> few = readAll(config, new ReadOptions(1, 5, 2, 1, 1), last);
    assertThat(few.get(0).pixels()).isEqualTo(pixels(all.get(1), 1));
    assertThat(few.get(1).pixels()).isEqualTo(pixels(all.get(0), 1));
    assertThat(readAll(config, new ReadOptions(1, 5, 3, 1, 1), last).get(0).pixels())
        .isNotEqualTo(few.get(0).pixels());
  }

  @Test
  void mosaicsAreOfObjectsAlone() {
    mosaics(1).requireFits(shards, TruthKind.OBJECTS);
    TestShards.write(folder.resolve("classes"), 2);
    ShardSet classes = ShardSet.open(folder.resolve("classes").toString(), new Configuration());
    assertThatThrownBy(() -> mosaics(1).requireFits(classes, TruthKind.CLASS_LABEL))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "crop: expected mosaics for detection alone, found them for classification of images;"
                + " set another data.training.crop");
  }

  private static float[] pixels(Batch batch, int sample) {
    int length = batch.pixels().length / batch.size();
    return Arrays.copyOfRange(batch.pixels(), sample * length, (sample + 1) * length);
  }

  private static TransformConfig mosaics(double probability) {
    return new TransformConfig(
            new Crop.Whole(128), 0.5, SIGNED, ImageAugmentation.NONE, PaddingColour.GREY)
        .withMosaic(new Mosaic(128, probability, 0.1, 0.5));
  }

  @ParameterizedTest
  @MethodSource("crops")
  void aBatchHoldsTheImagesAtTheUpperLeftOfPadding(Crop crop) {
    List<Batch> batches = readAll(crop, new ReadOptions(3, 5, 1, 1, 2));
    List<Batch> alone = readAll(crop, new ReadOptions(1, 5, 1, 2, 2));
    assertThat(batches).hasSize((SIZES.length + 2) / 3);

    for (int i = 0; i < SIZES.length; i++) {
      Batch batch = batches.get(i / 3);
      Batch one = alone.get(i);
      Size size = batch.sizes().get(i % 3);
      assertThat(size).isEqualTo(one.sizes().get(0));
      assertThat(batch.height() % 32 + batch.width() % 32).isZero();
      assertThat(batch.pixels()).hasSize(batch.size() * batch.height() * batch.width() * 3);
      for (int y = 0; y < batch.height(); y++) {
        for (int x = 0; x < batch.width(); x++) {
          boolean inside = y < size.height() && x < size.width();
          assertThat(pixel(batch, i % 3, y, x))
              .containsExactly(inside ? pixel(one, 0, y, x) : new float[3]);
        }
      }
      Geometry plan = ((Moved) batch.targets()).plans().get(i % 3);
      assertThat(plan.height()).isEqualTo(batch.height());
      assertThat(plan.width()).isEqualTo(batch.width());
      assertThat(plan.windowSize()).isEqualTo(size);
      assertThat(((Moved) batch.targets()).objects().get(i % 3).size())
          .isEqualTo(((Moved) one.targets()).objects().get(0).size());
    }
    for (Batch batch : batches) {
      assertThat(batch.sizes().stream().mapToInt(s -> PADDING.height(s.height())).max())
          .hasValue(batch.height());
    }
  }

  @Test
  void threadsDoNotChangeBatches() {
    Crop crop = crops().toList().get(1);
    List<Batch> once = readAll(crop, new ReadOptions(3, 5, 2, 1, 1));
    List<Batch> again = readAll(crop, new ReadOptions(3, 5, 2, 4, 4));
    assertThat(again).usingRecursiveComparison().isEqualTo(once);
  }

  @Test
  void imagesWithoutObjectsAndTinyOnesAreKept() {
    List<Batch> batches = readAll(crops().toList().get(0), new ReadOptions(3, 5, 0, 1, 2));
    assertThat(batches.get(0).keys()).containsExactly("0.png", "1.png", "2.png");
    assertThat(((Moved) batches.get(0).targets()).objects().get(1)).isEmpty();
  }

  private List<Batch> readAll(Crop crop, ReadOptions options) {
    return readAll(
        new TransformConfig(crop, 0.5, SIGNED, ImageAugmentation.NONE, PaddingColour.MEAN),
        options);
  }

  private List<Batch> readAll(TransformConfig config, ReadOptions options) {
    return readAll(
        config,
        options,
        IntStream.range(0, SIZES.length).mapToObj(ObjectBatchesTest::place).toList());
  }

  private List<Batch> readAll(TransformConfig config, ReadOptions options, List<SampleRef> order) {
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader =
        new BatchReader(new ShardCache(shards, 0), order, config.transform(), Moved::of, options)) {
      reader.forEachRemaining(batches::add);
    }
    return batches;
  }

  private static SampleRef place(int sample) {
    return new SampleRef(sample / SHARD_ROWS, sample % SHARD_ROWS);
  }

  /**
   * Whether the pixels of an object's colour fill its box.
   *
   * @param around pixels around the box that are looked at
   * @return 0 if it is too small to tell
   */
  private static int requireOnPixels(Batch batch, int sample, DetectedObject object, int around) {
    Rect box = object.box();
    if (box.width() < 8 || box.height() < 8) {
      return 0;
    }
    double[] edges = {Double.MAX_VALUE, Double.MAX_VALUE, -1, -1};
    int pixels = 0;
    int top = Math.max(0, (int) box.y() - around);
    int left = Math.max(0, (int) box.x() - around);
    for (int y = top; y < Math.min(batch.height(), box.bottom() + around); y++) {
      for (int x = left; x < Math.min(batch.width(), box.right() + around); x++) {
        float[] pixel = pixel(batch, sample, y, x);
        boolean own =
            Math.abs(pixel[0] - value(TestObjects.red(object.id()))) < 0.07
                && pixel[1] < value(12)
                && Math.abs(pixel[2] - value(TestObjects.blue(object.id()))) < 0.1;
        if (own) {
          pixels++;
          edges[0] = Math.min(edges[0], x);
          edges[1] = Math.min(edges[1], y);
          edges[2] = Math.max(edges[2], x + 1);
          edges[3] = Math.max(edges[3], y + 1);
        }
      }
    }
    double[] wanted = {box.x(), box.y(), box.right(), box.bottom()};
    for (int i = 0; i < edges.length; i++) {
      assertThat(Math.abs(edges[i] - wanted[i]))
          .as("%s of %s, found %s", i, box, Arrays.toString(edges))
          .isLessThan(3);
    }
    assertThat(pixels).isGreaterThan((int) ((box.width() - 5) * (box.height() - 5)));
    return 1;
  }

  private static float[] pixel(Batch batch, int sample, int y, int x) {
    int at = ((sample * batch.height() + y) * batch.width() + x) * 3;
    return Arrays.copyOfRange(batch.pixels(), at, at + 3);
  }

  private static float value(int level) {
    return (float) ((level / 255.0 - 0.5) / 0.5);
  }
}
