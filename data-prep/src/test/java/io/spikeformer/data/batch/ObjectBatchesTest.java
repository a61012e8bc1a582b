package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.data.TestObjects;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.detection.DetectedObject;
import io.spikeformer.data.detection.VisibleObjects;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.geometry.Padding;
import io.spikeformer.data.geometry.Rect;
import io.spikeformer.data.geometry.Resize;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.data.geometry.Window;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.shard.ShardSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectBatchesTest {
  private static final PixelNormalisation SIGNED =
      new PixelNormalisation(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));
  private static final Padding PADDING = new Padding.Multiple(32);

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
        new Crop.Scaled(new Resize.Fit(90, 150, 0.5, 2), new Window.Random(80, 70), PADDING));
  }

  @ParameterizedTest
  @MethodSource("crops")
  void objectsStayOnTheirPixels(Crop crop) {
    int seen = 0;
    for (int epoch = 0; epoch < 10; epoch++) {
      for (Batch batch : readAll(crop, new ReadOptions(3, 5, epoch, 1, 2))) {
        for (int i = 0; i < batch.size(); i++) {
          for (DetectedObject object : ((Moved) batch.targets()).objects().get(i)) {
            seen += requireOnPixels(batch, i, object);
          }
        }
      }
    }
    assertThat(seen).isGreaterThan(50);
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
    TransformConfig config =
        new TransformConfig(crop, 0.5, SIGNED, ImageAugmentation.NONE, PaddingColour.MEAN);
    List<SampleRef> order =
        IntStream.range(0, SIZES.length)
            .mapToObj(i -> new SampleRef(i / SHARD_ROWS, i % SHARD_ROWS))
            .toList();
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader =
        new BatchReader(new ShardCache(shards, 0), order, config.transform(), Moved::of, options)) {
      reader.forEachRemaining(batches::add);
    }
    return batches;
  }

  /** Whether the pixels of an object's colour fill its box; 0 if it is too small to tell. */
  private static int requireOnPixels(Batch batch, int sample, DetectedObject object) {
    Rect box = object.box();
    if (box.width() < 8 || box.height() < 8) {
      return 0;
    }
    double[] edges = {Double.MAX_VALUE, Double.MAX_VALUE, -1, -1};
    int pixels = 0;
    for (int y = 0; y < batch.height(); y++) {
      for (int x = 0; x < batch.width(); x++) {
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
