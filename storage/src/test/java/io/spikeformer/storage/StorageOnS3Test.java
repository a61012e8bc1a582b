package io.spikeformer.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.storage.FaultProxy.Fault;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Storage} promises, on objects. */
class StorageOnS3Test {
  private static final int PART = 5 << 20;
  private static final int SEVERAL_PARTS = 2 * PART + 1000;

  @TempDir private static Path folder;

  private static S3Lab lab;
  private static Storage storage;

  @BeforeAll
  static void start() throws Exception {
    lab = new S3Lab(folder);
    Configuration configuration = lab.commands().configuration();
    configuration.set("fs.s3a.multipart.size", Integer.toString(PART));
    storage = new Storage(configuration);
  }

  @AfterAll
  static void stop() throws IOException {
    lab.close();
  }

  @AfterEach
  void heal() {
    lab.proxy().heal();
  }

  @Test
  void outputsAreCheckedAsOnALocalDisk() throws IOException {
    storage.writeText(path("taken/a.csv"), "layer,t1");
    storage.writeText(path("taken/e/evaluation.json"), "{}");
    Map<String, byte[]> before = lab.content("taken");
    OutputPlaces outputs = new OutputPlaces(storage).reads("--rates", S3Lab.uri("taken/a.csv"));
    outputs.file("--csv", S3Lab.uri("taken/new/b.csv"), PlaceContent.TEXT, Existing.KEEP);
    outputs.folder("--output", S3Lab.uri("taken/new/e"), PlaceContent.EVALUATION, Existing.KEEP);
    assertThat(
            outputs.folder(
                "--output", S3Lab.uri("taken/e/"), PlaceContent.EVALUATION, Existing.REPLACE))
        .isEqualTo(PlaceContent.EVALUATION);
    assertThatThrownBy(
            () ->
                outputs.file(
                    "--csv", S3Lab.uri("taken//a.csv"), PlaceContent.TEXT, Existing.REPLACE))
        .hasMessageContaining("expected another place than the input's");
    assertThatThrownBy(
            () ->
                new OutputPlaces(storage)
                    .file("--csv", S3Lab.uri("taken/e"), PlaceContent.TEXT, Existing.REPLACE))
        .hasMessageContaining("expected a file, found an evaluation at");
    assertThatThrownBy(
            () ->
                new OutputPlaces(storage)
                    .file("--csv", S3Lab.uri("taken/a.csv/b"), PlaceContent.TEXT, Existing.KEEP))
        .hasMessageContaining("expected folders above ")
        .hasMessageContaining("found a file at " + S3Lab.uri("taken/a.csv"));
    assertThat(lab.content("taken").keySet()).isEqualTo(before.keySet());

    storage.move(path("taken/a.csv"), path("taken/moved/b.csv"));
    assertThat(storage.readText(path("taken/moved/b.csv"), 100)).isEqualTo("layer,t1");
    assertThat(storage.exists(path("taken/a.csv"))).isFalse();
  }

  @Test
  void aFileIsOneUploadUnderItsOwnNameAndIsReadWithTwoRequests() throws IOException {
    storage.writeText(path("one/a.json"), "first");
    storage.writeText(path("one/a.json"), "second");

    assertThat(lab.content("one")).containsOnlyKeys("a.json");
    assertThat(storage.readText(path("one/a.json"), 100)).isEqualTo("second");
    assertThat(lab.proxy().requests("one/a.json"))
        .extracting(FaultProxy.Request::method)
        .containsExactly("PUT", "PUT", "HEAD", "GET");
  }

  @Test
  void aLargeFileIsUploadedInParts() throws IOException {
    byte[] bytes = new byte[SEVERAL_PARTS];
    new Random(2).nextBytes(bytes);
    storage.write(path("large/a.bin"), stream -> stream.write(bytes));

    assertThat(lab.content("large").get("a.bin")).isEqualTo(bytes);
    assertThat(storage.read(path("large/a.bin"), SEVERAL_PARTS)).isEqualTo(bytes);
    assertThat(lab.unfinishedUploads()).isZero();
  }

  @Test
  void aWriteThatFailsLeavesTheOldObjectAndNothingElse() throws IOException {
    for (int size : new int[] {10, SEVERAL_PARTS}) {
      storage.writeText(path("old/a.bin"), "old");
      assertThatThrownBy(
              () ->
                  storage.write(
                      path("old/a.bin"),
                      stream -> {
                        stream.write(new byte[size]);
                        throw new IOException("decoder broke");
                      }))
          .isInstanceOf(UserException.class)
          .hasMessage("cannot write s3a://lab/old/a.bin: decoder broke (IOException)");
      assertThatThrownBy(
              () ->
                  storage.write(
                      path("old/b.bin"),
                      stream -> {
                        stream.write(new byte[size]);
                        throw new UserException("shard too large");
                      }))
          .hasMessage("shard too large");
    }
    assertThat(lab.content("old")).containsOnlyKeys("a.bin");
    assertThat(lab.content("old").get("a.bin")).asString().isEqualTo("old");
    assertThat(lab.unfinishedUploads()).isZero();
  }

  @Test
  void anUploadThatFailsForGoodIsOneLineAndLeavesNothing() {
    FaultProxy.Rule small =
        lab.proxy().fail(Fault.UNAVAILABLE, "PUT", "failing/a.bin", Integer.MAX_VALUE);
    FaultProxy.Rule part = lab.proxy().fail(Fault.CUT, "PUT", "partNumber=2", Integer.MAX_VALUE);

    assertThatThrownBy(() -> storage.writeText(path("failing/a.bin"), "x"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write s3a://lab/failing/a.bin: ")
        .hasMessageContaining("503")
        .hasMessageNotContaining("\n")
        .hasMessageNotContaining("Request ID");
    assertThatThrownBy(
            () -> storage.write(path("failing/b.bin"), out -> out.write(new byte[SEVERAL_PARTS])))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write s3a://lab/failing/b.bin: ");

    assertThat(small.hits()).isGreaterThan(1);
    assertThat(part.hits()).isGreaterThan(1);
    assertThat(lab.names("failing")).isEmpty();
    assertThat(lab.unfinishedUploads()).isZero();
  }

  @Test
  void whatCannotBeReadIsOneLine() {
    assertThatThrownBy(() -> storage.read(path("nothing.bin"), 10))
        .hasMessage("missing file: expected s3a://lab/nothing.bin, found nothing");
    storage.writeText(path("forbidden.bin"), "x");
    lab.proxy().fail(Fault.FORBIDDEN, "GET|HEAD", "forbidden.bin", Integer.MAX_VALUE);
    assertThatThrownBy(() -> storage.read(path("forbidden.bin"), 10))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "cannot look up s3a://lab/forbidden.bin: access denied; check the permissions, and the"
                + " credentials that are used (AccessDeniedException)");
    assertThatThrownBy(() -> storage.list(Storage.path("s3a://no-such-bucket/x")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no-such-bucket")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anUnknownHostIsNamedWithWhatToDo() {
    Configuration settings = lab.commands().configuration();
    settings.set("fs.s3a.endpoint", "http://no-such-store.invalid");
    settings.set("fs.s3a.retry.limit", "1");
    assertThatThrownBy(() -> new Storage(settings).exists(Storage.path("s3a://elsewhere/x")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "cannot look up s3a://elsewhere/x: expected a host that is known, found"
                + " 'no-such-store.invalid'; check spark.hadoop.fs.s3a.endpoint and the network, see"
                + " docs/running.md");
  }

  @Test
  void theShippedSettingsAreOnesThatHadoopKnowsAndHoldNoCredentials() throws Exception {
    List<Object> known = new ArrayList<>();
    for (Field constant : Constants.class.getFields()) {
      known.add(constant.get(null));
    }
    assertThat(S3Lab.shippedSettings().keySet())
        .isNotEmpty()
        .allMatch(key -> known.contains(key.replaceFirst("^spark\\.hadoop\\.", "")))
        .noneMatch(key -> key.matches("(?i).*(secret|access|token).*"));
  }

  @Test
  void theRootOfABucketIsAFolder() {
    assertThat(new org.apache.hadoop.fs.Path(Storage.path("s3a://lab"), "train"))
        .hasToString("s3a://lab/train");
    assertThat(storage.list(Storage.path("s3a://lab"))).isNotEmpty();
  }

  private static org.apache.hadoop.fs.Path path(String key) {
    return Storage.path(S3Lab.uri(key));
  }
}
