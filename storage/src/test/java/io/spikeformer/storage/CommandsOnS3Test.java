package io.spikeformer.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.spikeformer.common.Text;
import io.spikeformer.storage.FaultProxy.Fault;
import io.spikeformer.train.output.OutputFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command with its data on an S3 server, compared with the same command on local files. */
class CommandsOnS3Test {
  private static final int HIDDEN_BYTES = 40 << 20;

  @TempDir private static Path folder;

  private static S3Lab lab;
  private static Commands commands;
  private static Map<String, byte[]> localShards;

  @BeforeAll
  static void prepareLocally() throws Exception {
    lab = new S3Lab(folder);
    commands = lab.commands();
    TestImages.write(folder.resolve("raw/train"));
    TestImages.writeTar(folder.resolve("raw/train"), folder.resolve("raw.tar"), HIDDEN_BYTES);
    Files.writeString(folder.resolve("recipe.yaml"), Commands.RECIPE);
    lab.upload(folder.resolve("raw"), "raw");
    lab.objects().putObject(S3Lab.BUCKET, "recipe.yaml", Commands.RECIPE);
    lab.objects().putObject(S3Lab.BUCKET, "raw.tar", folder.resolve("raw.tar").toFile());
    prepare(local("raw"), local("shards")).succeeds();
    localShards = Commands.shards(Commands.files(folder.resolve("shards/train")));
    assertThat(localShards).hasSize(2);
    prepare(S3Lab.uri("raw"), S3Lab.uri("shards")).succeeds();
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
  void shardsAreTheBytesOfALocalConversionAndNothingElseIsLeft() throws IOException {
    Map<String, byte[]> split = lab.content("shards/train");
    assertThat(split).containsOnlyKeys(Commands.SPLIT);
    assertLocalShards(split);
    // a second run finds everything whole and writes none of it again
    int uploads = lab.proxy().requests("part-00000.parquet").size();
    prepare(S3Lab.uri("raw"), S3Lab.uri("shards")).succeeds();
    assertThat(lab.proxy().requests("part-00000.parquet").stream().skip(uploads))
        .extracting(FaultProxy.Request::method)
        .isNotEmpty()
        .doesNotContain("PUT");
  }

  @Test
  void aTarIsReadByRangeSeekingOverWhatIsNotNeeded() throws IOException {
    prepare(S3Lab.uri("raw.tar"), S3Lab.uri("from-tar")).succeeds();

    assertLocalShards(lab.content("from-tar/train"));
    List<FaultProxy.Request> reads =
        lab.proxy().requests("raw.tar").stream()
            .filter(request -> request.method().equals("GET"))
            .toList();
    assertThat(reads).isNotEmpty().allMatch(read -> read.range().contains("bytes="));
    // twice would be 80 MiB; what is in flight when a seek breaks a request off is not wanted
    assertThat(reads.stream().mapToLong(FaultProxy.Request::answered).sum())
        .isLessThan(HIDDEN_BYTES);
  }

  @Test
  void verifyAndInspectReadFromS3() throws IOException {
    assertThat(commands.json("verify", "--data", S3Lab.uri("shards/train")).get("problems"))
        .isEmpty();
    JsonNode remote =
        commands.json(Commands.inspect(S3Lab.uri("shards/train"), S3Lab.uri("pictures/sheet.png")));
    assertThat(remote.get("accepted").asInt())
        .isEqualTo(TestImages.PER_CLASS * TestImages.CLASSES.size());
    commands.json(Commands.inspect(local("shards/train"), local("sheet.png")));
    assertThat(lab.content("pictures").get("sheet.png"))
        .isEqualTo(Files.readAllBytes(folder.resolve("sheet.png")));
  }

  /** Also: evaluate and infer, with the model that the training has left. */
  @Test
  void aTrainingKilledInAnUploadGoesOnToTheBitsOfALocalOne() throws Exception {
    Path log = folder.resolve("train.log");
    FaultProxy.Rule upload = lab.proxy().fail(Fault.HELD, "PUT", "run/checkpoints/epoch-00002", 1);
    Process training = lab.start(log, Commands.with(trainOnS3(), "--verbose"));
    await(training, upload, log);
    training.destroyForcibly().waitFor();
    assertThat(lab.names("run/checkpoints")).containsExactly("epoch-00001-round-000000.spkf");
    assertThat(lab.names("run")).doesNotContain("model.spkf");
    lab.proxy().heal();

    String local = local("run");
    commands.json(Commands.train(local("recipe.yaml"), local("shards/train"), local));
    commands.json(Commands.with(trainOnS3(), "--resume"));
    Map<String, byte[]> run = lab.content("run");
    assertThat(state(S3Lab.uri("run"))).isEqualTo(state(local));
    assertThat(run).containsKeys("model.spkf", "metrics.jsonl", "recipe.yaml");
    assertThat(run.keySet()).noneMatch(name -> name.contains("unfinished"));
    assertNoSecretIn("log", Files.readAllBytes(log));

    JsonNode remote =
        commands.json(
            Commands.evaluate(S3Lab.uri("run"), S3Lab.uri("shards/train"), S3Lab.uri("result")));
    JsonNode here =
        commands.json(Commands.evaluate(local, local("shards/train"), local("evaluation")));
    assertThat(remote.get("loss")).isEqualTo(here.get("loss"));
    assertThat(lab.names("result")).contains("evaluation.json", "report.html");

    writeArray(folder.resolve("x.npy"));
    for (String model : List.of(S3Lab.uri("run"), local)) {
      String target = local(model.startsWith("s3a") ? "s3.npy" : "local.npy");
      commands.json("infer", "--model", model, "--input", local("x.npy"), "--output", target);
    }
    assertThat(folder.resolve("s3.npy")).hasSameBinaryContentAs(folder.resolve("local.npy"));
  }

  @Test
  void failedUploadsAreTriedAgain() throws IOException {
    List<FaultProxy.Rule> faults =
        List.of(
            lab.proxy().fail(Fault.UNAVAILABLE, "PUT", "retried/train/part-00000", 3),
            lab.proxy().fail(Fault.CUT, "PUT", "retried/train/part-00001", 2),
            lab.proxy().fail(Fault.INTERNAL_ERROR, "PUT", "retried/train/_manifest", 2),
            lab.proxy().fail(Fault.UNAVAILABLE, "GET", "raw/train/cat/1.png", 2));

    prepare(S3Lab.uri("raw"), S3Lab.uri("retried")).succeeds();

    assertThat(faults).extracting(FaultProxy.Rule::hits).containsExactly(3, 2, 2, 2);
    assertThat(lab.names("retried/train")).containsExactlyElementsOf(Commands.SPLIT);
    assertLocalShards(lab.content("retried/train"));
  }

  @Test
  void anUploadThatFailsForGoodIsOneLineLeavesNoHalfAndARerunGoesOn() throws IOException {
    lab.proxy().fail(Fault.INTERNAL_ERROR, "PUT", "broken/train/part-00001", Integer.MAX_VALUE);
    assertFails(
        prepare(S3Lab.uri("raw"), S3Lab.uri("broken")),
        "cannot write s3a://lab/broken/train/part-00001.parquet: ");
    assertThat(lab.names("broken/train"))
        .contains("_unfinished.json")
        .isSubsetOf("_unfinished.json", "part-00000.parquet");
    assertThat(lab.unfinishedUploads()).isZero();

    lab.proxy().heal();
    prepare(S3Lab.uri("raw"), S3Lab.uri("broken")).succeeds();
    assertThat(lab.names("broken/train")).containsExactlyElementsOf(Commands.SPLIT);
    assertLocalShards(lab.content("broken/train"));
  }

  @Test
  void anObjectThatCannotBeReadStopsTheConversionByName() throws IOException {
    lab.proxy().fail(Fault.FORBIDDEN, "GET", "raw/train/dog/3.png", Integer.MAX_VALUE);
    assertFails(
        prepare(S3Lab.uri("raw"), S3Lab.uri("unread")),
        "cannot read s3a://lab/raw/train/dog/3.png: access denied; check the permissions");
    lab.proxy().heal();
    lab.proxy().fail(Fault.NOT_FOUND, "GET|HEAD", "raw/train/bee/2.png", Integer.MAX_VALUE);
    assertFails(
        prepare(S3Lab.uri("raw"), S3Lab.uri("missing")),
        "missing file: expected s3a://lab/raw/train/bee/2.png, found nothing");
    lab.proxy().heal();
    lab.proxy().fail(Fault.FORBIDDEN, "GET", "/lab/raw.tar", Integer.MAX_VALUE);
    assertFails(
        prepare(S3Lab.uri("raw.tar"), S3Lab.uri("unopened")),
        "cannot read s3a://lab/raw.tar: access denied");

    // the other shard may have been finished before
    for (String output : List.of("unread", "missing")) {
      assertThat(lab.names(output + "/train"))
          .contains("_unfinished.json")
          .doesNotContain("_manifest.json")
          .hasSizeLessThanOrEqualTo(localShards.size());
    }
    assertThat(lab.names("unopened")).isEmpty();
  }

  @Test
  void aCredentialAppearsNowhere() throws IOException {
    Path events = Files.createDirectories(folder.resolve("events"));
    commands.set("spark.eventLog.enabled", "true");
    commands.set("spark.eventLog.dir", events.toUri().toString());
    Commands.Outcome run =
        commands.run(
            Commands.with(Commands.prepare(S3Lab.uri("raw"), S3Lab.uri("quiet")), "--verbose"));
    commands.unset("spark.eventLog.enabled");
    commands.unset("spark.eventLog.dir");

    run.succeeds();
    Map<String, byte[]> everything = new TreeMap<>(lab.content("quiet"));
    everything.putAll(Commands.files(events));
    everything.put("out", bytes(run.out()));
    everything.put("err", bytes(run.err()));
    assertThat(everything).hasSize(Commands.SPLIT.size() + 1 + 2);
    everything.forEach(CommandsOnS3Test::assertNoSecretIn);
    assertThat(Commands.files(events).values())
        .anySatisfy(bytes -> assertThat(text(bytes)).contains("*********(redacted)"));
  }

  @Test
  void aUriWithCredentialsIsRefusedAndNotRepeated() throws IOException {
    String key = S3Server.ACCESS_KEY + ":" + S3Server.SECRET_KEY;
    for (String uri : List.of("s3a://" + key + "@lab/raw", "s3a://" + key + "/x@lab/raw")) {
      Commands.Outcome run = prepare(uri, local("never"));
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).startsWith("error: expected URIs without credentials").hasLineCount(1);
      assertNoSecretIn("error", bytes(run.out() + run.err()));
    }
    Files.writeString(
        folder.resolve("leak.yaml"),
        Commands.RECIPE + "initialise-from: s3a://" + key + "@lab/run\n");
    Commands.Outcome run =
        commands.run(
            "train",
            "--recipe",
            local("leak.yaml"),
            "--train",
            S3Lab.uri("shards/train"),
            "--output",
            local("never"),
            "--verbose");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).startsWith("error: ").contains("expected a URI without credentials");
    assertNoSecretIn("error", bytes(run.out() + run.err()));
    assertThat(folder.resolve("never")).doesNotExist();
  }

  private static float[] state(String run) {
    return OutputFolder.load(run, commands.configuration(), warning -> {}).state();
  }

  private static void await(Process training, FaultProxy.Rule upload, Path log) throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
    while (upload.hits() == 0) {
      assertThat(training.isAlive() && System.nanoTime() < end)
          .as(Files.readString(log, StandardCharsets.UTF_8))
          .isTrue();
      Thread.sleep(20);
    }
  }

  private static Commands.Outcome prepare(String input, String output) throws IOException {
    return commands.run(Commands.prepare(input, output));
  }

  private static String[] trainOnS3() {
    return Commands.train(S3Lab.uri("recipe.yaml"), S3Lab.uri("shards/train"), S3Lab.uri("run"));
  }

  private static String local(String name) {
    return folder.resolve(name).toString();
  }

  private static void assertFails(Commands.Outcome run, String expected) {
    run.fails(expected);
    assertNoSecretIn("error", bytes(run.err()));
  }

  private static void assertNoSecretIn(String name, byte[] bytes) {
    assertThat(text(bytes))
        .as(name)
        .doesNotContain(S3Server.SECRET_KEY)
        .doesNotContain(S3Server.ACCESS_KEY);
  }

  private static void assertLocalShards(Map<String, byte[]> split) {
    Commands.assertSameFiles(Commands.shards(split), localShards);
  }

  /** A NumPy file of one grey image. */
  private static void writeArray(Path file) throws IOException {
    String header =
        Text.format(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1, %d, %d, 3), }",
            TestImages.SIZE, TestImages.SIZE);
    String padded = header + " ".repeat(117 - header.length()) + "\n";
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) padded.length(), 0};
    byte[] bytes =
        Arrays.copyOf(
            magic, magic.length + padded.length() + 3 * TestImages.SIZE * TestImages.SIZE * 4);
    System.arraycopy(bytes(padded), 0, bytes, magic.length, padded.length());
    Files.write(file, bytes);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
