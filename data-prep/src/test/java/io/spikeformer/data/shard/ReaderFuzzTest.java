package io.spikeformer.data.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.column.SampleColumns;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.files.Place;
import io.spikeformer.data.files.TestZip;
import io.spikeformer.data.image.ImageCodec;
import io.spikeformer.data.image.ImageHeader;
import io.spikeformer.data.order.SeededRandom;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.segmentation.LabelMap;
import io.spikeformer.data.source.SampleSource;
import io.spikeformer.data.source.SourceReader;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.storage.InvalidSampleException;
import io.spikeformer.data.storage.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged inputs end in the readers' own exceptions or in a result, and never in anything else. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaderFuzzTest {
  private static final int CASES = 300;
  private static final int LIMIT = 1 << 20;
  private static final int[] EXTREMES = {0, -1, 255, 65_535, 1 << 24, Integer.MAX_VALUE};

  @TempDir Path folder;
  private final Storage storage = new Storage(new Configuration());

  /** Takes a damaged input. */
  @FunctionalInterface
  private interface Target {
    void accept(byte[] input) throws Exception;
  }

  @Test
  void damagedZips() throws Exception {
    byte[] zip =
        new TestZip()
            .stored("set/a.jpg", TestImages.jpeg(12, 20, 1))
            .deflated("set/b.png", TestImages.png(12, 20, 1))
            .text("set/list.txt", "a\nb\n")
            .bytes();
    fuzz(zip, input -> readAll("damaged.zip", input));
  }

  @Test
  void damagedTarsOfADataset() throws Exception {
    fuzz(tar(), input -> readAll("damaged.tar", input));
  }

  @Test
  void damagedTarsOfClasses() throws Exception {
    fuzz(
        tar(),
        input -> {
          Files.write(folder.resolve("classes.tar"), input);
          SampleSource source = SampleSource.open(storage, path("classes.tar"), "train");
          source
              .index()
              .parts()
              .forEach(
                  part -> {
                    try (SourceReader reader = source.read(part)) {
                      reader.forEachRemaining(entry -> entry.read());
                    }
                  });
        });
  }

  @Test
  void damagedImages() throws Exception {
    ImageCodec codec = new ImageCodec();
    for (byte[] image : new byte[][] {TestImages.jpeg(12, 20, 1), TestImages.png(12, 20, 1)}) {
      fuzz(
          image,
          input -> {
            ImageHeader.check(input);
            codec.decode(input);
          });
    }
    fuzz(new LabelMap(12, 20, new byte[12 * 20]).encode(), LabelMap::decode);
  }

  @Test
  void damagedShards() throws Exception {
    TestShards.write(folder.resolve("split"), 3);
    byte[] shard = Files.readAllBytes(folder.resolve("split/part-00000.parquet"));
    fuzz(
        shard,
        input ->
            new ShardReader(
                    input,
                    path("part-00000.parquet"),
                    SampleColumns.of(new SampleKind(ContentKind.IMAGE, TruthKind.CLASS_LABEL)))
                .rejected());
  }

  @Test
  void damagedManifests() throws Exception {
    TestShards.write(folder.resolve("split"), 3);
    Path file = folder.resolve("split/_manifest.json");
    fuzz(
        Files.readAllBytes(file),
        input -> {
          Files.write(file, input);
          ManifestFormat.read(storage, path("split"));
        });
  }

  private void readAll(String name, byte[] input) throws Exception {
    Files.write(folder.resolve(name), input);
    try (DatasetFiles files = DatasetFiles.of(storage, path(name))) {
      files.text("list.txt");
      for (Place place : files.list("")) {
        files.read(place, LIMIT);
      }
    }
  }

  private static byte[] tar() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TestArchive tar = new TestArchive(bytes)) {
      tar.file("train/a/1.jpg", TestImages.jpeg(12, 20, 1));
      tar.file("train/b/2.png", TestImages.png(12, 20, 1));
      tar.link("train/b/3.png", "2.png");
    }
    return Arrays.copyOf(bytes.toByteArray(), 5120);
  }

  private org.apache.hadoop.fs.Path path(String name) {
    return Storage.path(folder.resolve(name).toString());
  }

  private static void fuzz(byte[] good, Target target) throws Exception {
    target.accept(good);
    SeededRandom random = new SeededRandom(good.length);
    int refused = 0;
    for (int i = 0; i < CASES; i++) {
      byte[] damaged = damage(good, random);
      try {
        target.accept(damaged);
      } catch (InvalidSampleException | UserException expected) {
        refused++;
        assertThat(expected.getMessage()).isNotBlank().doesNotContain("\n");
      }
    }
    assertThat(refused).isGreaterThan(CASES / 20);
  }

  private static byte[] damage(byte[] good, SeededRandom random) {
    byte[] bytes = good.clone();
    int faults = 1 + random.nextInt(4);
    for (int i = 0; i < faults && bytes.length > 8; i++) {
      int at = random.nextInt(bytes.length - 8);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        case 2 -> {
          int value = EXTREMES[random.nextInt(EXTREMES.length)];
          for (int b = 0; b < 4; b++) {
            bytes[at + b] = (byte) (value >> (8 * b));
          }
        }
        default -> {
          int from = random.nextInt(bytes.length - 8);
          System.arraycopy(good, from, bytes, at, Math.min(8, good.length - from));
        }
      }
    }
    return bytes;
  }
}
