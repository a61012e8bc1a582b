package io.spikeformer.data.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.geometry.Flip;
import io.spikeformer.data.geometry.Geometry;
import io.spikeformer.data.image.RgbImage;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.data.order.TrainingOrder;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchReaderTest {
  private static final int[] ROWS = {10, 7, 0, 13};
  private static final TransformConfig CONFIG =
      new TransformConfig(
          new Crop.Padded(16, 2),
          0.5,
          PixelNormalisation.CIFAR10,
          new ImageAugmentation(
              InterpolationChoice.RANDOM,
              RandAugment.of("rand-m9-mstd0.5-inc1"),
              ColourJitter.NONE,
              new RandomErasing(0.25)));

  @TempDir Path folder;
  private ShardSet shards;

  @BeforeEach
  void writeShards() {
    TestShards.write(folder, ROWS);
    shards = ShardSet.open(folder.toString(), new Configuration());
  }

  @Test
  void deliversTheOrderInBatchesAndTheRestInTheLast() {
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 2).order(0, 0);

    List<Batch> batches = readAll(order, ReadOptions.of(8, 5, 0), ShardCache.DEFAULT_BYTES);

    assertThat(batches).extracting(Batch::size).containsExactly(8, 8, 8, 6);
    List<String> expected = new ArrayList<>();
    for (SampleRef ref : order) {
      expected.add(shards.samples(ref.shard()).get(ref.row()).key());
    }
    assertThat(batches.stream().flatMap(batch -> batch.keys().stream()).toList())
        .isEqualTo(expected);
    Batch first = batches.get(0);
    assertThat(first.pixels()).hasSize(8 * 16 * 16 * 3);
    for (int i = 0; i < first.size(); i++) {
      assertThat(first.keys().get(i))
          .startsWith("class" + TestTargets.labelsOf(first).get(i) + "/");
    }
  }

  @Test
  void neitherThreadsNorMemoryChangeWhatIsDelivered() {
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 2).order(0, 3);
    List<Batch> expected = readAll(order, ReadOptions.of(4, 5, 3), ShardCache.DEFAULT_BYTES);

    for (int threads : new int[] {2, 5}) {
      for (long bytes : new long[] {0, 20_000, ShardCache.DEFAULT_BYTES}) {
        List<Batch> found = readAll(order, ReadOptions.of(4, 5, 3).withThreads(threads), bytes);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i).pixels()).isEqualTo(expected.get(i).pixels());
          assertThat(found.get(i).keys()).isEqualTo(expected.get(i).keys());
        }
      }
    }
  }

  @Test
  void aSamplesPixelsDoNotDependOnTheOrderOrTheBatchItIsIn() {
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 2).order(0, 3);
    List<SampleRef> other = new ArrayList<>(order);
    Collections.reverse(other);

    Map<String, float[]> expected = byKey(readAll(order, ReadOptions.of(4, 5, 3), 0));
    Map<String, float[]> found = byKey(readAll(other, ReadOptions.of(7, 5, 3).withThreads(3), 0));

    assertThat(found.keySet()).isEqualTo(expected.keySet()).hasSize(30);
    found.forEach((key, pixels) -> assertThat(pixels).as(key).isEqualTo(expected.get(key)));
  }

  private static Map<String, float[]> byKey(List<Batch> batches) {
    int length = 16 * 16 * 3;
    Map<String, float[]> pixels = new TreeMap<>();
    for (Batch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        pixels.put(
            batch.keys().get(i), Arrays.copyOfRange(batch.pixels(), i * length, (i + 1) * length));
      }
    }
    return pixels;
  }

  @Test
  void drawsAnewInEveryEpoch() {
    List<SampleRef> order = List.of(new SampleRef(0, 0), new SampleRef(0, 1), new SampleRef(0, 2));
    float[] first = readAll(order, ReadOptions.of(3, 5, 0), 0).get(0).pixels();

    assertThat(readAll(order, ReadOptions.of(3, 5, 0), 0).get(0).pixels()).isEqualTo(first);
    assertThat(readAll(order, ReadOptions.of(3, 5, 1), 0).get(0).pixels()).isNotEqualTo(first);
    assertThat(readAll(order, ReadOptions.of(3, 6, 0), 0).get(0).pixels()).isNotEqualTo(first);
  }

  @Test
  void goesOnWithTheCacheOfAnEarlierReader() throws Exception {
    ShardCache cache = new ShardCache(shards, ShardCache.DEFAULT_BYTES);
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 4).order(0, 0);
    List<Batch> first = readAll(order, ReadOptions.of(8, 5, 0), cache);

    for (ShardManifest.Shard shard : shards.manifest().shards()) {
      Files.delete(folder.resolve(shard.file()));
    }

    List<Batch> second = readAll(order, ReadOptions.of(8, 5, 0), cache);
    assertThat(second.get(0).pixels()).isEqualTo(first.get(0).pixels());
  }

  @Test
  void keepsTheShardsInUseWhateverTheBoundAndDropsThemAfterwards() throws Exception {
    ShardCache cache = new ShardCache(shards, 0);
    List<SampleRef> order = new ArrayList<>();
    for (int row = 0; row < 7; row++) {
      order.add(new SampleRef(0, row));
      order.add(new SampleRef(1, row));
    }
    ReadOptions options = new ReadOptions(2, 5, 0, 1, 1);
    ImageTransform transform = new ImageTransform(CONFIG);

    try (BatchReader reader = new BatchReader(cache, order, transform, TestTargets::of, options)) {
      reader.next();
      Files.delete(folder.resolve("part-00000.parquet"));
      Files.delete(folder.resolve("part-00001.parquet"));
      for (int batch = 1; batch < 7; batch++) {
        assertThat(reader.next().size()).isEqualTo(2);
      }
    }

    assertThatThrownBy(() -> readAll(order, options, cache))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("missing file: expected");
  }

  @Test
  void aDamagedShardFailsWithItsOwnMessage() throws Exception {
    Path shard = folder.resolve("part-00001.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    ShardCache cache = new ShardCache(shards, ShardCache.DEFAULT_BYTES);
    List<SampleRef> order = List.of(new SampleRef(1, 0));

    assertThatThrownBy(() -> readAll(order, ReadOptions.of(1, 5, 0), cache))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("damaged shard")
        .hasMessageContaining("part-00001.parquet");
    bytes[bytes.length / 2] ^= 1;
    Files.write(shard, bytes);
    assertThat(readAll(order, ReadOptions.of(1, 5, 0), cache)).as("a new try").hasSize(1);
  }

  @Test
  void endsWhenItIsClosedOrExhausted() {
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 2).order(0, 0);
    BatchReader reader =
        new BatchReader(
            new ShardCache(shards, 0),
            order,
            new ImageTransform(CONFIG),
            TestTargets::of,
            ReadOptions.of(2, 5, 0));
    reader.next();
    reader.close();
    reader.close();

    assertThat(reader.hasNext()).isFalse();
    assertThatThrownBy(reader::next).isInstanceOf(NoSuchElementException.class);
  }

  private record Told(List<SampleTruth> truths, List<Geometry> plans) implements Targets {}

  @Test
  void targetsAreMadeOfWhatIsKnownAndOfWhereThePixelsWent() {
    ShardCache cache = new ShardCache(shards, ShardCache.DEFAULT_BYTES);
    List<SampleRef> order = new TrainingOrder(ROWS, 1, 5, 2).order(0, 0);
    PixelNormalisation levels =
        new PixelNormalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    ImageTransform transform =
        new ImageTransform(new TransformConfig(new Crop.Padded(13, 5), 0.5, levels));
    int flipped = 0;
    try (BatchReader reader =
        new BatchReader(cache, order, transform, Told::new, ReadOptions.of(4, 5, 1))) {
      for (int first = 0; reader.hasNext(); first += 4) {
        Batch batch = reader.next();
        Told told = (Told) batch.targets();
        for (int i = 0; i < batch.size(); i++) {
          SampleRef place = order.get(first + i);
          assertThat(told.truths().get(i).encoded()).isEqualTo(cache.sample(place).truth());
          RgbImage image = ((DecodedContent.Pixels) cache.content(place)).image();
          RgbImage moved = told.plans().get(i).apply(image, 0);
          for (int at = 0; at < moved.pixels().length; at++) {
            assertThat(batch.pixels()[i * moved.pixels().length + at])
                .isEqualTo((float) ((moved.pixels()[at] & 0xff) / 255.0));
          }
          flipped += told.plans().get(i).flip() == Flip.HORIZONTAL ? 1 : 0;
        }
      }
    }
    assertThat(flipped).isBetween(5, order.size() - 5);
  }

  private List<Batch> readAll(List<SampleRef> order, ReadOptions options, long bytes) {
    return readAll(order, options, new ShardCache(shards, bytes));
  }

  private static List<Batch> readAll(List<SampleRef> order, ReadOptions options, ShardCache cache) {
    List<Batch> batches = new ArrayList<>();
    try (BatchReader reader =
        new BatchReader(cache, order, new ImageTransform(CONFIG), TestTargets::of, options)) {
      reader.forEachRemaining(batches::add);
    }
    return batches;
  }
}
