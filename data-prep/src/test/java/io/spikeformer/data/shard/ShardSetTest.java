package io.spikeformer.data.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.FirstVersion;
import io.spikeformer.data.TestImages;
import io.spikeformer.data.TestShards;
import io.spikeformer.data.image.ImageEncoding;
import io.spikeformer.data.sample.ClassLabel;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.EncodedImage;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.sample.Sample;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardSetTest {
  @TempDir Path folder;
  private ShardManifest written;

  @BeforeEach
  void writeShards() {
    written = TestShards.write(folder, 4, 0, 3);
  }

  @Test
  void givesBackWhatWasWritten() {
    ShardSet set = open();

    assertThat(set.manifest()).isEqualTo(written);
    assertThat(set.manifest().rows()).containsExactly(4, 0, 3);
    assertThat(set.samples(1)).isEmpty();
    List<Sample> samples = set.samples(2);
    assertThat(samples)
        .extracting(Sample::key)
        .containsExactly("class0/4.png", "class1/5.png", "class0/6.png");
    Sample sample = samples.get(1);
    assertThat(sample.truth()).isEqualTo(new ClassLabel(1));
    assertThat(sample.content())
        .usingRecursiveComparison()
        .isEqualTo(new EncodedImage(TestImages.png(16, 16, 5), ImageEncoding.PNG, 16, 16));
  }

  @Test
  void theSameSamplesGiveTheSameBytesInEveryProcess() {
    ShardWriter writer =
        new ShardWriter(
            new Storage(new Configuration()),
            Storage.path(folder.resolve("x").toString()),
            TestShards.IMAGES);

    ShardWriter.Written shard =
        writer.write(
            0,
            sink -> {
              for (int i = 0; i < 1000; i++) {
                byte[] image = Text.format("image %d", i).getBytes(StandardCharsets.UTF_8);
                sink.accept(
                    new Sample(
                        "a/" + i,
                        new EncodedImage(image, ImageEncoding.JPEG, 9, i + 1),
                        new ClassLabel(i % 7)));
              }
              sink.reject(new Rejection("a/bad", "empty file"));
            });

    // changes only with the format, Parquet or zstd
    assertThat(shard.shard().sha256())
        .isEqualTo("c960e8c94a68648f8108dc4f0066002fc0e11ffdee6914ddc6a5ff4eb1fc29ee");
  }

  @Test
  void reportsAFolderThatIsNotPrepared() {
    assertThatThrownBy(() -> ShardSet.open(folder.resolve("x").toString(), new Configuration()))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "no prepared split in file:.*/x: expected _manifest.json there, found none; run prepare"
                + " for it, or give the folder of the split itself, such as OUTPUT/train");
  }

  @Test
  void reportsAMissingShard() throws Exception {
    Files.delete(folder.resolve("part-00002.parquet"));

    assertOpening()
        .hasMessageMatching(
            "missing shard: expected 3 shards in file:.*, found 2, without part-00002.parquet; run"
                + " prepare again with the same options: it writes only what is missing or damaged");
  }

  @Test
  void reportsAWrongChecksum() throws Exception {
    Path shard = folder.resolve("part-00000.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    bytes[bytes.length / 3] ^= 8;
    Files.write(shard, bytes);
    ShardSet set = open();

    assertThatThrownBy(() -> set.samples(0))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "damaged shard file:.*part-00000.parquet: expected checksum [0-9a-f]{64}, found"
                + " [0-9a-f]{64}; run prepare again .*");
    assertThatCode(() -> set.samples(2)).doesNotThrowAnyException();
  }

  @Test
  void reportsAShardThatWasCutOff() throws Exception {
    Path shard = folder.resolve("part-00000.parquet");
    byte[] bytes = Files.readAllBytes(shard);
    Files.write(shard, Arrays.copyOf(bytes, 100));

    assertOpening()
        .hasMessageContaining("damaged shard")
        .hasMessageContaining(Text.format("expected %d bytes, found 100", bytes.length));
  }

  @Test
  void reportsAnotherSchemaVersion() throws Exception {
    replaceInManifest("\"schemaVersion\" : 5", "\"schemaVersion\" : 6, \"news\" : true");

    assertOpening()
        .hasMessageMatching(
            "manifest of another schema: expected version 1 to 5, found 6 in file:.*_manifest.json;"
                + " prepare the data again");
  }

  @Test
  void readsTheFourthVersion() throws Exception {
    Path file = folder.resolve("_manifest.json");
    Files.writeString(file, FirstVersion.fourth(Files.readString(file)));

    assertThat(open().manifest()).isEqualTo(written);
    assertThat(open().samples(0)).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void eventsWereATaskUpToTheFourthVersion(int version) throws Exception {
    Path file = folder.resolve("_manifest.json");
    String text = FirstVersion.fourth(Files.readString(file));
    text = version == 4 ? text : FirstVersion.third(Files.readString(file));
    text = version == 2 ? FirstVersion.second(Files.readString(file)) : text;
    Files.writeString(file, text.replace("\"classification\"", "\"events\""));

    assertThat(open().manifest().kind())
        .isEqualTo(new SampleKind(ContentKind.EVENTS, TruthKind.CLASS_LABEL));
  }

  @Test
  void aKindOfContentThatNobodyKnowsIsRefused() throws Exception {
    replaceInManifest("\"content\" : \"image\"", "\"content\" : \"sound\"");
    assertOpening().hasMessageContaining("content: expected image or events, found 'sound'");

    replaceInManifest("\"content\" : \"sound\",", "");
    assertOpening().hasMessageContaining("Missing").hasMessageContaining("content");
  }

  @Test
  void readsTheThirdVersion() throws Exception {
    Path file = folder.resolve("_manifest.json");
    Files.writeString(file, FirstVersion.third(Files.readString(file)));

    assertThat(open().manifest()).isEqualTo(written);
    assertThat(open().samples(0)).hasSize(4);
  }

  @Test
  void readsTheSecondVersion() throws Exception {
    Path file = folder.resolve("_manifest.json");
    Files.writeString(file, FirstVersion.second(Files.readString(file)));

    assertThat(open().manifest()).isEqualTo(written);
    assertThat(open().samples(0)).hasSize(4);
  }

  @Test
  void readsTheFirstVersion() throws Exception {
    Path file = folder.resolve("_manifest.json");
    Files.writeString(file, FirstVersion.of(Files.readString(file), 0));

    assertThat(open().manifest()).isEqualTo(written);
    assertThat(open().samples(0)).hasSize(4);
  }

  @Test
  void reportsATaskThatTheCallerCannotUse() throws Exception {
    replaceInManifest("\"classification\"", "\"detection\"");
    assertThatThrownBy(() -> open().require(TestShards.IMAGES))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "shards of other samples: expected classification of images, found detection of images"
                + " in file:");
    assertThatThrownBy(() -> open().samples(0))
        .hasMessageContaining("expected Parquet with the columns of detection samples");

    replaceInManifest("\"detection\"", "\"weather\"");
    assertOpening()
        .hasMessageContaining(
            "task: expected one of classification, detection, segmentation, found 'weather'");
  }

  @Test
  void reportsADamagedManifest() throws Exception {
    replaceInManifest("\"accepted\" : 7", "\"accepted\" : 8");
    assertOpening().hasMessageContaining("accepted: expected the sum of all rows, 7");

    replaceInManifest("\"accepted\" : 8,", "\"accepted\" : 7, \"news\" : true,");
    assertOpening().hasMessageContaining("damaged manifest").hasMessageContaining("\"news\"");

    replaceInManifest("\"accepted\" : 7, \"news\" : true,", "");
    assertOpening().hasMessageContaining("Missing creator property 'accepted'");

    Files.writeString(folder.resolve("_manifest.json"), "{\"schemaVersion\" : 1,");
    assertOpening().hasMessageContaining("damaged manifest").message().doesNotContain("\n");
  }

  @Test
  void namesTheFirstClassInWhichSplitsDiffer() {
    assertThatCode(() -> written.requireClasses("test", List.of("class0", "class1")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> written.requireClasses("test", List.of("class0", "class2", "x")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("classes of splits train and test differ")
        .hasMessageContaining(
            "found 2 and 3 of them, the first difference at label 1 (class1," + " class2)");
  }

  private ShardSet open() {
    return ShardSet.open(folder.toString(), new Configuration());
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertOpening() {
    return assertThatThrownBy(this::open).isInstanceOf(UserException.class);
  }

  private void replaceInManifest(String from, String to) throws Exception {
    Path file = folder.resolve("_manifest.json");
    String text = Files.readString(file);
    assertThat(text).contains(from);
    Files.writeString(file, text.replace(from, to));
  }
}
