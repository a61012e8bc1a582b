package io.spikeformer.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.output.Existing;
import io.spikeformer.data.output.OutputPlaces;
import io.spikeformer.data.output.PlaceContent;
import io.spikeformer.data.storage.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider;
import org.apache.hadoop.security.UserGroupInformation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Storage} promises, on an HDFS. */
class StorageOnHdfsTest {
  private static final int HALF = 300_000;

  @TempDir private static Path folder;

  private static HdfsLab lab;
  private static Storage storage;

  @BeforeAll
  static void start() throws IOException {
    lab = new HdfsLab(folder);
    storage = new Storage(lab.commands().configuration());
  }

  @AfterAll
  static void stop() throws IOException {
    lab.close();
  }

  @AfterEach
  void heal() throws IOException {
    lab.heal();
  }

  @Test
  void outputsAreCheckedAsOnALocalDisk() throws IOException {
    storage.writeText(lab.path("taken/a.csv"), "layer,t1");
    storage.writeText(lab.path("taken/e/evaluation.json"), "{}");
    Map<String, byte[]> before = lab.content("taken");
    OutputPlaces outputs = new OutputPlaces(storage).reads("--rates", lab.uri("taken/a.csv"));
    outputs.file("--csv", lab.uri("taken/new/b.csv"), PlaceContent.TEXT, Existing.KEEP);
    outputs.folder("--output", lab.uri("taken/new/e"), PlaceContent.EVALUATION, Existing.KEEP);
    assertThat(
            outputs.folder(
                "--output", lab.uri("taken/e/"), PlaceContent.EVALUATION, Existing.REPLACE))
        .isEqualTo(PlaceContent.EVALUATION);
    assertThatThrownBy(
            () ->
                outputs.file("--csv", lab.uri("taken//a.csv"), PlaceContent.TEXT, Existing.REPLACE))
        .hasMessageContaining("expected another place than the input's");
    assertThatThrownBy(
            () ->
                new OutputPlaces(storage)
                    .file("--csv", lab.uri("taken/e"), PlaceContent.TEXT, Existing.REPLACE))
        .hasMessageContaining("expected a file, found an evaluation at");
    assertThatThrownBy(
            () ->
                new OutputPlaces(storage)
                    .file("--csv", lab.uri("taken/a.csv/b"), PlaceContent.TEXT, Existing.KEEP))
        .hasMessageContaining("expected folders above ")
        .hasMessageContaining("found a file at " + lab.uri("taken/a.csv"));
    assertThat(lab.content("taken").keySet()).isEqualTo(before.keySet());

    storage.move(lab.path("taken/a.csv"), lab.path("taken/moved/b.csv"));
    assertThat(storage.readText(lab.path("taken/moved/b.csv"), 100)).isEqualTo("layer,t1");
    assertThat(storage.exists(lab.path("taken/a.csv"))).isFalse();
  }

  @Test
  void anExistingFileIsReplacedInOneStep() throws IOException {
    storage.writeText(lab.path("one/a.json"), "first");
    NameNodeOperations.forget();
    storage.writeText(lab.path("one/a.json"), "second");

    assertThat(storage.readText(lab.path("one/a.json"), 100)).isEqualTo("second");
    assertThat(lab.names("one")).containsExactly("a.json");
    assertThat(NameNodeOperations.on("/a.json"))
        .anyMatch(operation -> operation.startsWith("rename"))
        .doesNotContain("delete", "create");
  }

  @Test
  void aFolderOfThatNameIsNotReplaced() throws IOException {
    lab.files().mkdirs(lab.path("taken/a.json"));
    assertThatThrownBy(() -> storage.writeText(lab.path("taken/a.json"), "x"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write " + lab.uri("taken/a.json") + ": ")
        .hasMessageContaining("found a folder");
    assertThat(lab.names("taken")).isEmpty();
  }

  @Test
  void aDataNodeLostInTheMiddleOfAWriteIsDoneWithout() throws IOException {
    byte[] bytes = new byte[2 * HALF];
    new Random(2).nextBytes(bytes);
    storage.write(lab.path("lost/a.bin"), stream -> write(stream, bytes, lab::stopDataNode));

    assertThat(storage.read(lab.path("lost/a.bin"), bytes.length)).isEqualTo(bytes);
    assertThat(lab.names("lost")).containsExactly("a.bin");
  }

  @Test
  void aWriteThatFailsInItsMiddleLeavesTheOldFileAndNothingElse() throws IOException {
    byte[] bytes = new byte[2 * HALF];
    storage.writeText(lab.path("old/a.bin"), "old");
    Runnable broken =
        () -> {
          throw new UserException("shard too large");
        };
    assertThatThrownBy(
            () -> storage.write(lab.path("old/a.bin"), stream -> write(stream, bytes, broken)))
        .hasMessage("shard too large");
    assertThatThrownBy(
            () ->
                storage.write(
                    lab.path("old/a.bin"), stream -> write(stream, bytes, lab::stopDataNodes)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write " + lab.uri("old/a.bin") + ": ")
        .hasMessageNotContaining("\n");

    lab.heal();
    assertThat(lab.names("old")).containsExactly("a.bin");
    assertThat(storage.readText(lab.path("old/a.bin"), 10)).isEqualTo("old");
  }

  @Test
  void safeModeInTheMiddleOfAWriteLeavesTheOldFileAndAMarkedRest() throws IOException {
    storage.writeText(lab.path("safe/a.bin"), "old");
    assertThatThrownBy(
            () ->
                storage.write(
                    lab.path("safe/a.bin"),
                    stream -> write(stream, new byte[2 * HALF], lab::enterSafeMode)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("cannot write " + lab.uri("safe/a.bin") + ": ")
        .hasMessageContaining("Name node is in safe mode.")
        .hasMessageNotContaining("\n");

    assertThat(storage.list(lab.path("safe")))
        .extracting(entry -> entry.getPath().getName())
        .hasSize(2)
        .allMatch(name -> name.equals("a.bin") || Storage.isUnfinished(name));
    assertThat(storage.readText(lab.path("safe/a.bin"), 10)).isEqualTo("old");
  }

  @Test
  void whatCannotBeReadIsOneLine() throws Exception {
    assertThatThrownBy(() -> storage.read(lab.path("nothing.bin"), 10))
        .hasMessage("missing file: expected " + lab.uri("nothing.bin") + ", found nothing");
    storage.writeText(lab.path("mine/a.bin"), "x");
    lab.files().setPermission(lab.path("mine/a.bin"), new FsPermission("600"));
    UserGroupInformation other =
        UserGroupInformation.createUserForTesting("other", new String[] {"others"});
    assertThatThrownBy(
            () ->
                other.doAs(
                    (PrivilegedExceptionAction<byte[]>)
                        () -> storage.read(lab.path("mine/a.bin"), 10)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            "cannot read " + lab.uri("mine/a.bin") + ": Permission denied: user=other")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anUnknownHostIsNamedWithWhatToDo() {
    String advice =
        "expected a host that is known, found '%s'; check the URI, or set HADOOP_CONF_DIR if this is"
            + " a name service, see docs/running.md";
    assertThatThrownBy(() -> storage.exists(Storage.path("hdfs://no-such-host.invalid/x")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "cannot reach hdfs://no-such-host.invalid/x: "
                + String.format(Locale.ROOT, advice, "no-such-host.invalid"));

    Configuration settings = lab.commands().configuration();
    settings.set("fs.defaultFS", "hdfs://no-such-default.invalid");
    assertThatThrownBy(() -> new Storage(settings).exists(Storage.path("hdfs:///x")))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "cannot reach hdfs:/x: "
                + String.format(Locale.ROOT, advice, "no-such-default.invalid"));

    settings.set("dfs.nameservices", "pair");
    settings.set("dfs.ha.namenodes.pair", "a,b");
    settings.set("dfs.namenode.rpc-address.pair.a", "a.invalid:8020");
    settings.set("dfs.namenode.rpc-address.pair.b", "b.invalid:8020");
    settings.set(
        "dfs.client.failover.proxy.provider.pair", ConfiguredFailoverProxyProvider.class.getName());
    settings.set("dfs.client.failover.max.attempts", "1");
    settings.set("dfs.client.failover.sleep.base.millis", "10");
    assertThatThrownBy(() -> new Storage(settings).exists(Storage.path("hdfs://pair/x")))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "cannot look up hdfs://pair/x: expected a host that is known, found '[ab]\\.invalid'; .+");
  }

  @Test
  void anHdfsThatIsNotThereIsOneLine() {
    for (String uri :
        List.of("hdfs://127.0.0.1:1/x", "hdfs://no-such-host.invalid/x", "hdfs:///x")) {
      assertThatThrownBy(() -> storage.exists(Storage.path(uri)))
          .as(uri)
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("cannot ")
          .hasMessageContaining(uri)
          .hasMessageNotContaining("\n");
    }
  }

  /** Half of the bytes, until DataNodes have some, then something else, then the rest. */
  private static void write(OutputStream stream, byte[] bytes, Runnable between)
      throws IOException {
    stream.write(Arrays.copyOf(bytes, HALF));
    lab.awaitBlockInWriting();
    between.run();
    stream.write(Arrays.copyOfRange(bytes, HALF, bytes.length));
  }
}
