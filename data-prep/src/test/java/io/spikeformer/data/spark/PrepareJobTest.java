package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.common.UserException;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.TestFiles;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.source.TestArchive;
import io.spikeformer.data.source.TestInputs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Images into shards. */
class PrepareJobTest extends ImagePreparationLab {
  @Test
  void keepsEveryImageWithItsLabelAndBytes() throws Exception {
    Map<String, byte[]> images = putImages("in/train", 60);

    ShardManifest manifest = run(options());

    assertThat(manifest.accepted()).isEqualTo(60);
    assertThat(manifest.rejected()).isZero();
    assertThat(manifest.classes()).containsExactly("class0", "class1", "class2");
    assertThat(manifest.rows()).hasSize(SHARDS);
    Map<String, byte[]> found = new TreeMap<>();
    for (Sample sample : readAll("out/train")) {
      assertThat(ClassLabel.of(sample.truth()))
          .isEqualTo(sample.key().charAt("class".length()) - '0');
      assertThat(sample.content().height()).isEqualTo(12);
      assertThat(sample.content().width()).isEqualTo(20);
      found.put(sample.key(), image(sample).bytes());
    }
    assertThat(found.keySet()).isEqualTo(images.keySet());
    images.forEach((key, bytes) -> assertThat(found.get(key)).isEqualTo(bytes));
    assertThat(folder.resolve("out/train").toFile().list())
        .hasSize(SHARDS + 2)
        .contains("part-00000.parquet", "_manifest.json", "_rejected.jsonl");
  }

  @Test
  void bytesDependOnInputSeedAndShardsOnly() throws Exception {
    // several partitions from a folder, one from an archive
    Map<String, byte[]> images = putImages("in/train", 600);
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar.gz"));
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar"));

    TreeMap<String, byte[]> zipped = new TreeMap<>();
    images.forEach((key, image) -> zipped.put("train/" + key, image));
    TestInputs.write(folder.resolve("in.zip"), zipped);

    run(options());
    run(PrepareOptions.of(path("in.zip"), path("members"), "train").withShards(SHARDS));
    run(PrepareOptions.of(path("in.tar"), path("ranges"), "train").withShards(SHARDS));
    run(PrepareOptions.of(path("in.tar.gz"), path("tar"), "train").withShards(SHARDS));
    run(options("seed").withSeed(1));

    Map<String, byte[]> shards = shards("out/train");
    assertThat(shards).hasSize(SHARDS);
    assertThat(shards("tar/train")).containsExactlyEntriesOf(shards);
    assertThat(shards("ranges/train")).containsExactlyEntriesOf(shards);
    assertThat(shards("members/train")).containsExactlyEntriesOf(shards);
    assertThat(shards("seed/train").get("part-00000.parquet"))
        .isNotEqualTo(shards.get("part-00000.parquet"));
    assertThat(keys("seed/train")).containsExactlyInAnyOrderElementsOf(keys("out/train"));
  }

  @Test
  void everyShardIsARandomSample() throws Exception {
    putImages("in/train", 480);
    run(options());

    ShardSet set = ShardSet.open(path("out/train"), new Configuration());
    for (int shard = 0; shard < SHARDS; shard++) {
      List<Sample> samples = set.samples(shard);
      assertThat(samples.size()).isBetween(35, 85);
      long first = samples.stream().filter(sample -> ClassLabel.of(sample.truth()) == 0).count();
      assertThat((double) first / samples.size()).isBetween(0.13, 0.55);
      assertThat(samples.stream().map(Sample::key))
          .isNotEqualTo(samples.stream().map(Sample::key).sorted().toList());
    }
  }

  @Test
  void reducesLargerImagesAndKeepsTheOthers() throws Exception {
    byte[] small = TestFiles.withOrientation(TestImages.jpeg(16, 30, 1), 6);
    put("in/train/a/small.jpg", small);
    put("in/train/a/large.jpg", TestFiles.withOrientation(TestImages.jpeg(40, 80, 1), 6));
    put("in/train/a/large.png", TestImages.png(64, 32, 1));

    run(options().withShortSide(16));

    Map<String, Sample> samples = new TreeMap<>();
    readAll("out/train").forEach(sample -> samples.put(sample.key(), sample));
    assertThat(image(samples.get("a/small.jpg")).bytes()).isEqualTo(small);
    assertSize(samples.get("a/small.jpg"), ImageEncoding.JPEG, 30, 16);
    assertSize(samples.get("a/large.jpg"), ImageEncoding.JPEG, 32, 16);
    assertSize(samples.get("a/large.png"), ImageEncoding.PNG, 32, 16);
  }

  @Test
  void quarantinesBadFilesAndGoesOn() throws Exception {
    putImages("in/train", 20);
    putBadFiles();

    ShardManifest manifest = run(options().withMaxRejectedFraction(0.5));

    assertThat(manifest.accepted()).isEqualTo(21);
    assertThat(manifest.rejected()).isEqualTo(5);
    assertThat(manifest.ignored()).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("out/train/_rejected.jsonl")))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .isEqualTo("{\"path\":\"train/class0/empty.jpg\",\"reason\":\"empty file\"}"),
            line -> assertThat(line).contains("class0/huge.png", "too large: 30000 x 1 pixels"),
            line -> assertThat(line).contains("class0/text.jpg", "neither JPEG nor PNG"),
            line -> assertThat(line).contains("class0/truncated.jpg", "truncated JPEG"),
            line -> assertThat(line).contains("train/readme.txt", "not a file in a class folder"));
    assertThat(readAll("out/train"))
        .filteredOn(sample -> sample.key().equals("class0/misnamed.jpg"))
        .singleElement()
        .satisfies(sample -> assertThat(image(sample).encoding()).isEqualTo(ImageEncoding.PNG));
  }

  @Test
  void rejectsTheSameFilesOfAnArchiveAsOfAFolder() throws Exception {
    putImages("in/train", 20);
    putBadFiles();
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar"));

    ShardManifest manifest = run(options().withMaxRejectedFraction(0.5));
    ShardManifest packed =
        run(
            PrepareOptions.of(path("in.tar"), path("tar"), "train")
                .withShards(SHARDS)
                .withMaxRejectedFraction(0.5));

    assertThat(packed.rejected()).isEqualTo(manifest.rejected());
    // what is rejected where a shard is written stands in its footer
    assertThat(shards("tar/train")).containsExactlyEntriesOf(shards("out/train"));
  }

  @Test
  void theFilesOfAFolderAreReadWhereTheirShardIsWritten() throws Exception {
    putImages("in/train", 60);
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar"));

    assertThat(shuffled(options())).isZero();
    assertThat(shuffled(PrepareOptions.of(path("in.tar"), path("tar"), "train"))).isPositive();
  }

  /** Bytes that a conversion sends from task to task. */
  private long shuffled(PrepareOptions options) throws Exception {
    AtomicLong bytes = new AtomicLong();
    AtomicInteger tasks = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            bytes.addAndGet(end.taskMetrics().shuffleWriteMetrics().bytesWritten());
            tasks.incrementAndGet();
          }
        };
    spark.sc().addSparkListener(listener);
    try {
      run(options);
      spark.sc().listenerBus().waitUntilEmpty(10_000);
    } finally {
      spark.sc().removeSparkListener(listener);
    }
    assertThat(tasks.get()).isGreaterThanOrEqualTo(options.shards());
    return bytes.get();
  }

  @Test
  void rejectsTheSecondEntryOfTheSamePath() throws Exception {
    byte[] first = TestImages.png(8, 8, 1);
    try (TestArchive archive = new TestArchive(folder.resolve("in.tar"))) {
      archive.file("train/a/1.png", first).file("train/a/1.png", TestImages.png(8, 8, 2));
    }

    ShardManifest manifest =
        run(
            PrepareOptions.of(path("in.tar"), path("out"), "train")
                .withShards(2)
                .withMaxRejectedFraction(0.5));

    assertThat(manifest.rejected()).isEqualTo(1);
    assertThat(image(readAll("out/train").get(0)).bytes()).isEqualTo(first);
  }

  @Test
  void refusesASplitWithOtherClasses() throws Exception {
    putImages("in/train", 10);
    putImages("in/val", 4);
    put("in/val/class9/1.jpg", TestImages.jpeg(8, 8, 1));
    run(options());

    assertThatThrownBy(() -> run(PrepareOptions.of(path("in"), path("out"), "val").withShards(2)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("classes of splits train and val differ");
    assertThat(folder.resolve("out/val")).doesNotExist();
  }

  @Test
  void tellsHowItGoesOn() throws Exception {
    putImages("in/train", 30);
    List<String> told = new ArrayList<>();
    PrepareListener listener =
        new PrepareListener() {
          @Override
          public void started(long files, long bytes) {
            told.add("started " + files);
          }

          @Override
          public void progressed(long accepted, long rejected, long bytes) {
            told.add("progressed " + accepted + " " + rejected);
          }

          @Override
          public void finished(ShardManifest manifest) {
            told.add("finished " + manifest.accepted());
          }
        };

    new PrepareJob(spark, listener).run(options());

    assertThat(told).startsWith("started 30").contains("progressed 30 0").endsWith("finished 30");
  }

  @Test
  @Tag("slow")
  void preparesCifar10() {
    Path archive =
        Path.of(System.getProperty("spikeformer.root"), "../shared/data/cifar10-test.tar.gz");
    assumeTrue(Files.exists(archive), "the real images are not here");

    ShardManifest manifest =
        run(PrepareOptions.of(archive.toString(), path("out"), "test").withShards(SHARDS));

    assertThat(manifest.accepted()).isEqualTo(10_000);
    assertThat(manifest.rejected()).isZero();
    assertThat(manifest.classes()).hasSize(10).startsWith("airplane", "automobile", "bird");
    int[] perClass = new int[10];
    readAll("out/test").forEach(sample -> perClass[ClassLabel.of(sample.truth())]++);
    assertThat(perClass).containsOnly(1000);
  }

  private static EncodedImage image(Sample sample) {
    return (EncodedImage) sample.content();
  }

  private static void assertSize(Sample sample, ImageEncoding encoding, int height, int width) {
    assertThat(image(sample).encoding()).isEqualTo(encoding);
    assertThat(sample.content().height()).isEqualTo(height);
    assertThat(sample.content().width()).isEqualTo(width);
  }

  private List<String> keys(String split) {
    return readAll(split).stream().map(Sample::key).toList();
  }
}
