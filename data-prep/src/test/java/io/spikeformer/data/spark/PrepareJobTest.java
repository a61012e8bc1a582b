package io.spikeformer.data.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spikeformer.data.DataException;
import io.spikeformer.data.FirstVersion;
import io.spikeformer.data.ImageSample;
import io.spikeformer.data.ShardManifest;
import io.spikeformer.data.ShardSet;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.image.TestFiles;
import io.spikeformer.data.source.TestArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real Spark, with Kryo and registration required. */
class PrepareJobTest {
  private static final int SHARDS = 8;
  private static JavaSparkContext spark;
  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    SparkConf conf =
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("prepare")
            .set("spark.ui.enabled", "false")
            .set("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
            .set("spark.kryo.registrationRequired", "true")
            .set("spark.hadoop.fs.breakable.impl", BreakableFileSystem.class.getName())
            .registerKryoClasses(DataKryoClasses.all());
    spark = new JavaSparkContext(conf);
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  @Test
  void keepsEveryImageWithItsLabelAndBytes() throws Exception {
    Map<String, byte[]> images = putImages("in/train", 60);

    ShardManifest manifest = run(options());

    assertThat(manifest.accepted()).isEqualTo(60);
    assertThat(manifest.rejected()).isZero();
    assertThat(manifest.classes()).containsExactly("class0", "class1", "class2");
    assertThat(manifest.rows()).hasSize(SHARDS);
    Map<String, byte[]> found = new TreeMap<>();
    for (ImageSample sample : readAll("out/train")) {
      assertThat(sample.label()).isEqualTo(sample.key().charAt("class".length()) - '0');
      assertThat(sample.height()).isEqualTo(12);
      assertThat(sample.width()).isEqualTo(20);
      found.put(sample.key(), sample.image());
    }
    assertThat(found.keySet()).isEqualTo(images.keySet());
    images.forEach((key, bytes) -> assertThat(found.get(key)).isEqualTo(bytes));
    assertThat(folder.resolve("out/train").toFile().list())
        .hasSize(SHARDS + 2)
        .contains("part-00000.parquet", "_manifest.json", "_rejected.jsonl");
  }

  @Test
  void bytesDependOnInputSeedAndShardsOnly() throws Exception {
    putImages("in/train", 600); // several partitions from a folder, one from an archive
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar.gz"));
    TestArchive.pack(folder.resolve("in"), folder.resolve("in.tar"));

    run(options());
    run(PrepareOptions.of(path("in.tar"), path("ranges"), "train").withShards(SHARDS));
    run(PrepareOptions.of(path("in.tar.gz"), path("tar"), "train").withShards(SHARDS));
    run(options("seed").withSeed(1));

    Map<String, byte[]> shards = shards("out/train");
    assertThat(shards).hasSize(SHARDS);
    assertThat(shards("tar/train")).containsExactlyEntriesOf(shards);
    assertThat(shards("ranges/train")).containsExactlyEntriesOf(shards);
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
      List<ImageSample> samples = set.read(shard);
      assertThat(samples.size()).isBetween(35, 85);
      long first = samples.stream().filter(sample -> sample.label() == 0).count();
      assertThat((double) first / samples.size()).isBetween(0.13, 0.55);
      assertThat(samples.stream().map(ImageSample::key))
          .isNotEqualTo(samples.stream().map(ImageSample::key).sorted().toList());
    }
  }

  @Test
  void reducesLargerImagesAndKeepsTheOthers() throws Exception {
    byte[] small = TestFiles.withOrientation(TestImages.jpeg(16, 30, 1), 6);
    put("in/train/a/small.jpg", small);
    put("in/train/a/large.jpg", TestFiles.withOrientation(TestImages.jpeg(40, 80, 1), 6));
    put("in/train/a/large.png", TestImages.png(64, 32, 1));

    run(options().withShortSide(16));

    Map<String, ImageSample> samples = new TreeMap<>();
    readAll("out/train").forEach(sample -> samples.put(sample.key(), sample));
    assertThat(samples.get("a/small.jpg").image()).isEqualTo(small);
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
            line -> assertThat(line).contains("train/readme.txt", "not in a class folder"));
    assertThat(readAll("out/train"))
        .filteredOn(sample -> sample.key().equals("class0/misnamed.jpg"))
        .singleElement()
        .satisfies(sample -> assertThat(sample.encoding()).isEqualTo(ImageEncoding.PNG));
  }

  @Test
  void failsAboveTheFractionAndFinishesOnceItIsRaised() throws Exception {
    putImages("in/train", 20);
    putBadFiles();

    assertThatThrownBy(() -> run(options()))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            "too many rejected files: expected at most a fraction of 0.01, found 5 of 26 (0.1923),"
                + " the first is train/class0/empty.jpg (empty file); see file:")
        .hasMessageEndingWith("then mend the input or raise max-rejected-fraction");
    assertThat(folder.resolve("out/train/_manifest.json")).doesNotExist();
    assertThat(Files.readAllLines(folder.resolve("out/train/_rejected.jsonl"))).hasSize(5);

    Map<String, FileTime> before = times();
    assertThat(run(options().withMaxRejectedFraction(0.2)).accepted()).isEqualTo(21);
    assertThat(times()).isEqualTo(before);
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
    assertThat(readAll("out/train").get(0).image()).isEqualTo(first);
  }

  @Test
  void goesOnAfterAFailureInTheMiddle() throws Exception {
    putImages("in/train", 80);
    run(options());
    Map<String, byte[]> undisturbed = shards("out/train");
    put("interrupted/" + BreakableFileSystem.BROKEN, new byte[0]);
    PrepareOptions options =
        PrepareOptions.of(path("in"), "breakable:" + path("interrupted"), "train")
            .withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the disk is full")
        .hasMessageContaining("run prepare again to go on")
        .message()
        .doesNotContain("\n");
    Map<String, byte[]> whole = shards("interrupted/train");
    assertThat(whole).hasSizeBetween(1, SHARDS - 1).doesNotContainKey("part-00005.parquet");
    assertThat(folder.resolve("interrupted/train/_manifest.json")).doesNotExist();

    Files.delete(folder.resolve("interrupted/" + BreakableFileSystem.BROKEN));
    Map<String, FileTime> before = times("interrupted/train", whole.keySet());
    assertThat(run(options).accepted()).isEqualTo(80);

    assertThat(shards("interrupted/train")).containsExactlyEntriesOf(undisturbed);
    assertThat(times("interrupted/train", whole.keySet())).isEqualTo(before);
    assertThat(folder.resolve("interrupted/train").toFile().list()).hasSize(SHARDS + 2);
  }

  @Test
  void aFullDiskLeavesNothingHalfWrittenAndARerunFinishes() throws Exception {
    putImages("in/train", 80);
    run(options());
    put("small/" + BreakableFileSystem.FULL, new byte[0]);
    PrepareOptions options =
        PrepareOptions.of(path("in"), "breakable:" + path("small"), "train").withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("prepare failed: cannot write breakable:")
        .hasMessageContaining("part-00005.parquet: No space left on device")
        .hasMessageEndingWith("is unfinished; run prepare again to go on)")
        .message()
        .doesNotContain("\n");
    assertThat(folder.resolve("small/train/_manifest.json")).doesNotExist();
    assertThat(shards("small/train")).doesNotContainKey("part-00005.parquet");
    assertThat(folder.resolve("small/train").toFile().list())
        .noneMatch(name -> name.contains("-00005"));

    Files.delete(folder.resolve("small/" + BreakableFileSystem.FULL));
    assertThat(run(options).accepted()).isEqualTo(80);
    assertThat(shards("small/train")).containsExactlyEntriesOf(shards("out/train"));
    assertThat(folder.resolve("small/train").toFile().list()).hasSize(SHARDS + 2);
  }

  @Test
  void aFileThatMayNotBeReadStopsTheJobAndIsNamed() throws Exception {
    putImages("in/train", 20);
    put("in/train/class0/" + BreakableFileSystem.LOCKED + ".jpg", TestImages.jpeg(12, 20, 1));
    PrepareOptions options =
        PrepareOptions.of("breakable:" + path("in"), path("out"), "train").withShards(SHARDS);

    assertThatThrownBy(() -> run(options))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("class0/locked.jpg")
        .hasMessageContaining("run prepare again to go on")
        .message()
        .doesNotContain("\n");
    assertThat(folder.resolve("out/train/_manifest.json")).doesNotExist();
  }

  @Test
  void aRerunWritesOnlyWhatIsMissingOrDamaged() throws Exception {
    putImages("in/train", 40);
    ShardManifest manifest = run(options());
    Map<String, byte[]> shards = shards("out/train");
    assertThat(run(options())).isEqualTo(manifest);

    Files.delete(folder.resolve("out/train/part-00001.parquet"));
    put("out/train/part-00002.parquet", "damaged".getBytes(StandardCharsets.UTF_8));
    Files.copy(
        folder.resolve("out/train/part-00004.parquet"),
        folder.resolve("out/train/part-00003.parquet"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(run(options())).isEqualTo(manifest);
    assertThat(shards("out/train")).containsExactlyEntriesOf(shards);
  }

  @Test
  void goesOnWithWhatTheFirstVersionWrote() throws Exception {
    putImages("in/train", 20);
    ShardManifest manifest = run(options().withShortSide(8));
    Path file = folder.resolve("out/train/_manifest.json");
    Files.writeString(file, FirstVersion.of(Files.readString(file), 8));
    Map<String, FileTime> before = times();

    assertThat(run(options().withShortSide(8))).isEqualTo(manifest);
    assertThat(times()).isEqualTo(before);
  }

  @Test
  void refusesAnOutputOfOtherParameters() throws Exception {
    putImages("in/train", 10);
    run(options());

    for (PrepareOptions other :
        List.of(options().withSeed(5), options().withShards(9), options().withShortSide(8))) {
      assertThatThrownBy(() -> run(other))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(
              "output holds another conversion: expected {\"dataset\":\"imagenet\",\"input\":")
          .hasMessageEndingWith("choose another output or delete that folder");
    }
    put("foreign/train/notes.txt", new byte[1]);
    assertThatThrownBy(() -> run(options("foreign")))
        .hasMessageStartingWith("output not empty: expected a new folder or an earlier run");
  }

  @Test
  void refusesASplitWithOtherClasses() throws Exception {
    putImages("in/train", 10);
    putImages("in/val", 4);
    put("in/val/class9/1.jpg", TestImages.jpeg(8, 8, 1));
    run(options());

    assertThatThrownBy(() -> run(PrepareOptions.of(path("in"), path("out"), "val").withShards(2)))
        .isInstanceOf(DataException.class)
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
    readAll("out/test").forEach(sample -> perClass[sample.label()]++);
    assertThat(perClass).containsOnly(1000);
  }

  private ShardManifest run(PrepareOptions options) {
    return new PrepareJob(spark, PrepareListener.SILENT).run(options);
  }

  private PrepareOptions options() {
    return options("out");
  }

  private PrepareOptions options(String output) {
    return PrepareOptions.of(path("in"), path(output), "train").withShards(SHARDS);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertSize(
      ImageSample sample, ImageEncoding encoding, int height, int width) {
    assertThat(sample.encoding()).isEqualTo(encoding);
    assertThat(sample.height()).isEqualTo(height);
    assertThat(sample.width()).isEqualTo(width);
  }

  /** Three classes in turn; a few different pictures are enough. */
  private Map<String, byte[]> putImages(String root, int count) throws IOException {
    Map<String, byte[]> images = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      String key = "class%d/%04d.jpg".formatted(i % 3, i);
      images.put(key, TestImages.jpeg(12, 20, i % 40));
      put(root + "/" + key, images.get(key));
    }
    return images;
  }

  /** Five that are rejected, one hidden, and one that only has the wrong name. */
  private void putBadFiles() throws IOException {
    byte[] jpeg = TestImages.jpeg(12, 20, 1);
    put("in/train/class0/empty.jpg", new byte[0]);
    put("in/train/class0/text.jpg", "not an image".getBytes(StandardCharsets.UTF_8));
    put("in/train/class0/truncated.jpg", Arrays.copyOf(jpeg, jpeg.length - 30));
    put("in/train/class0/huge.png", TestImages.png(30_000, 1, 1));
    put("in/train/class0/misnamed.jpg", TestImages.png(12, 20, 1));
    put("in/train/class0/.DS_Store", new byte[5]);
    put("in/train/readme.txt", new byte[5]);
  }

  private void put(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private List<ImageSample> readAll(String split) {
    ShardSet set = ShardSet.open(path(split), new Configuration());
    List<ImageSample> samples = new ArrayList<>();
    for (int shard = 0; shard < set.manifest().shards().size(); shard++) {
      samples.addAll(set.read(shard));
    }
    return samples;
  }

  private List<String> keys(String split) {
    return readAll(split).stream().map(ImageSample::key).toList();
  }

  private TreeMap<String, byte[]> shards(String split) throws IOException {
    TreeMap<String, byte[]> shards = new TreeMap<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      Path file = folder.resolve(split).resolve("part-%05d.parquet".formatted(shard));
      if (Files.exists(file)) {
        shards.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return shards;
  }

  private Map<String, FileTime> times() throws IOException {
    return times("out/train", shards("out/train").keySet());
  }

  private Map<String, FileTime> times(String split, Iterable<String> files) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String file : files) {
      times.put(file, Files.getLastModifiedTime(folder.resolve(split).resolve(file)));
    }
    return times;
  }
}
