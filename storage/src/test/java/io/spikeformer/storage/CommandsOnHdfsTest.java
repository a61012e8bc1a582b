package io.spikeformer.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.StorageRetries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command with its data on an HDFS, compared with the same command on local files. */
class CommandsOnHdfsTest {
  private static final String SAFE_MODE = "Name node is in safe mode.";

  @TempDir private static Path folder;

  private static HdfsLab lab;
  private static Commands commands;
  private static Map<String, byte[]> localShards;

  @BeforeAll
  static void prepareLocally() throws Exception {
    lab = new HdfsLab(folder);
    commands = lab.commands();
    commands.setHadoop(StorageRetries.ATTEMPTS, "2");
    commands.setHadoop(StorageRetries.FIRST_PAUSE, "10");
    TestImages.write(folder.resolve("raw/train"));
    TestImages.writeTar(folder.resolve("raw/train"), folder.resolve("raw.tar"), 1 << 20);
    Files.writeString(folder.resolve("recipe.yaml"), Commands.RECIPE);
    for (String name : new String[] {"raw", "raw.tar", "recipe.yaml"}) {
      lab.upload(folder.resolve(name), name);
    }
    prepare(local("raw"), local("shards")).succeeds();
    localShards = Commands.shards(Commands.files(folder.resolve("shards/train")));
    assertThat(localShards).hasSize(2);
    prepare(lab.uri("raw"), lab.uri("shards")).succeeds();
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
  void shardsAreTheBytesOfALocalConversionAndNothingElseIsLeft() throws IOException {
    assertWhole("shards");
    // a second run finds everything whole and writes none of it again
    NameNodeOperations.forget();
    prepare(lab.uri("raw"), lab.uri("shards")).succeeds();
    assertThat(NameNodeOperations.on("part-00000.parquet"))
        .contains("open")
        .doesNotContain("create", "delete");
  }

  @Test
  void aTarGivesTheSameShards() throws IOException {
    prepare(lab.uri("raw.tar"), lab.uri("from-tar")).succeeds();
    assertWhole("from-tar");
  }

  @Test
  void verifyAndInspectReadFromHdfs() throws IOException {
    assertThat(commands.json("verify", "--data", lab.uri("shards/train")).get("problems"))
        .isEmpty();
    JsonNode remote =
        commands.json(Commands.inspect(lab.uri("shards/train"), lab.uri("pictures/sheet.png")));
    assertThat(remote.get("accepted").asInt())
        .isEqualTo(TestImages.PER_CLASS * TestImages.CLASSES.size());
    commands.json(Commands.inspect(local("shards/train"), local("sheet.png")));
    assertThat(lab.content("pictures").get("sheet.png"))
        .isEqualTo(Files.readAllBytes(folder.resolve("sheet.png")));
  }

  /** Also: evaluate, with the model that the training has left. */
  @Test
  void aTrainingThatLosesItsStoreGoesOnToTheBitsOfALocalOne() throws Exception {
    AtomicBoolean lost =
        NameNodeOperations.once(
            "create", "run/checkpoints/.unfinished-epoch-00002", lab::stopDataNodes);
    // a process of its own: the lock, which it cannot give back, is that of a process that has
    // ended
    Path log = folder.resolve("train.log");
    assertThat(commands.process(log, trainOnHdfs()).start().waitFor()).isEqualTo(1);
    assertThat(lost).isTrue();
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.startsWith("error: "))
        .singleElement(InstanceOfAssertFactories.STRING)
        .startsWith("error: training stopped after epoch 2")
        .contains("tried 2 times; last good checkpoint: " + lab.uri("run/checkpoints/epoch-00001"));
    lab.heal();
    assertThat(lab.names("run/checkpoints"))
        .contains("epoch-00001-round-000000.spkf")
        .noneMatch(name -> name.startsWith("epoch-00002"));
    assertThat(lab.names("run")).doesNotContain("model.spkf");

    String local = local("run");
    commands.json(Commands.train(local("recipe.yaml"), local("shards/train"), local));
    commands.json(Commands.with(trainOnHdfs(), "--resume"));
    assertThat(state(lab.uri("run"))).isEqualTo(state(local));
    assertThat(lab.names("run"))
        .contains("model.spkf", "metrics.jsonl", "recipe.yaml")
        .noneMatch(name -> name.contains("unfinished"));

    JsonNode remote =
        commands.json(
            Commands.evaluate(lab.uri("run"), lab.uri("shards/train"), lab.uri("result")));
    JsonNode here =
        commands.json(Commands.evaluate(local, local("shards/train"), local("evaluation")));
    assertThat(remote.get("loss")).isEqualTo(here.get("loss"));
    assertThat(lab.names("result")).contains("evaluation.json", "report.html");
  }

  @Test
  void aLostDataNodeIsDoneWithout() throws IOException {
    AtomicBoolean lost =
        NameNodeOperations.once("create", ".unfinished-part-00001", lab::stopDataNode);
    prepare(lab.uri("raw"), lab.uri("one-lost")).succeeds();
    assertThat(lost).isTrue();
    assertWhole("one-lost");
  }

  @Test
  void withoutAnyDataNodeItIsOneLineLeavesNoHalfAndARerunGoesOn() throws IOException {
    NameNodeOperations.once("create", ".unfinished-part-00001", lab::stopDataNodes);
    // local files, for a task reads while it writes
    prepare(local("raw"), lab.uri("all-lost"))
        .fails("cannot write " + lab.uri("all-lost/train/part-0000"));
    lab.heal();
    assertThat(lab.content("all-lost/train"))
        .containsKey("_unfinished.json")
        .hasSizeLessThan(1 + localShards.size())
        .allSatisfy(
            (name, bytes) -> assertThat(localShards.getOrDefault(name, bytes)).isEqualTo(bytes))
        .doesNotContainKey("_manifest.json");

    prepare(local("raw"), lab.uri("all-lost")).succeeds();
    assertWhole("all-lost");
  }

  @Test
  void aNameNodeInSafeModeIsOneLineLeavesNoHalfAndARerunGoesOn() throws IOException {
    NameNodeOperations.once("create", ".unfinished-part-00001", lab::enterSafeMode);
    prepare(lab.uri("raw"), lab.uri("safe")).fails(SAFE_MODE);
    // nothing could be deleted either, but what is unfinished has no final name
    assertThat(lab.names("safe/train"))
        .contains("_unfinished.json")
        .doesNotContain("part-00001.parquet", "_manifest.json");
    prepare(lab.uri("raw"), lab.uri("safe")).fails(SAFE_MODE);
    prepare(lab.uri("raw"), lab.uri("safe-from-the-start")).fails(SAFE_MODE);
    assertThat(lab.files().exists(lab.path("safe-from-the-start"))).isFalse();

    lab.heal();
    prepare(lab.uri("raw"), lab.uri("safe")).succeeds();
    assertWhole("safe");
  }

  private static float[] state(String run) {
    return OutputFolder.load(run, commands.configuration(), warning -> {}).state();
  }

  private static Commands.Outcome prepare(String input, String output) throws IOException {
    return commands.run(Commands.prepare(input, output));
  }

  private static String[] trainOnHdfs() {
    return Commands.train(lab.uri("recipe.yaml"), lab.uri("shards/train"), lab.uri("run"));
  }

  private static String local(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertWhole(String output) throws IOException {
    Map<String, byte[]> split = lab.content(output + "/train");
    assertThat(split).containsOnlyKeys(Commands.SPLIT);
    Commands.assertSameFiles(Commands.shards(split), localShards);
  }
}
