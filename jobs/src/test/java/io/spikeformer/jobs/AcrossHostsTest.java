package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Commands across hosts with addresses, cables and processes of their own: whatever fails, the
 * trained state has the bits of local[2].
 */
@Tag("slow")
class AcrossHostsTest {
  private static final String RECIPE =
      """
      model: {preset: tiny, classes: 6, widths: [16, 16, 16, 16], depths: [1, 1]}
      data:
        batch-size: 4
        training: {crop: none, size: 16, rand-augment: none, random-erasing: 0}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 12, warm-up-epochs: 0, base-rate: 1.0e-3, scaling: none}
      averaging: {workers: 2, frequency: 2}
      """;

  private static final int ROUNDS = 24;
  private static final int FAULT_ROUND = 4;
  private static final int CUT_MILLIS = 20_000;
  private static final String SECRET = "correct-horse-battery";

  @TempDir private static Path data;
  private static final List<String> STATES = new ArrayList<>();
  private static SparkHome spark;
  private static Path recipe;
  private static String expected;

  @TempDir private Path folder;

  @BeforeAll
  static void trainLocally() throws IOException {
    Optional<String> obstacle = Hosts.obstacle();
    assumeTrue(obstacle.isEmpty(), () -> "no hosts can be made: " + obstacle.orElse(""));
    spark = SparkHome.layOut(data.resolve("spark"));
    ShapeImages images = new ShapeImages(16);
    images.write(data.resolve("images"), "train", 6, 1);
    recipe = Files.writeString(data.resolve("recipe.yaml"), RECIPE);
    run(CommandLineRun.of(prepare(data.resolve("shards"))));
    Path output = data.resolve("local");
    List<String> command = new ArrayList<>(List.of(train(output)));
    command.addAll(List.of("--master", "local[2]"));
    run(CommandLineRun.of(command.toArray(String[]::new)));
    expected = state(output);
    STATES.add("local[2] " + expected);
  }

  @AfterAll
  static void printStates() throws IOException {
    if (!STATES.isEmpty()) {
      Path table = Path.of(System.getProperty("spikeformer.root"), "jobs/target/hosts-states.txt");
      Files.write(table, STATES);
    }
  }

  @Test
  void conversionTrainingAndEvaluationAsOnOneMachine() throws IOException {
    try (Hosts hosts = hosts(4, null)) {
      hosts.call("rate", "100mbit");
      run(hosts.submit(options(), prepare(folder.resolve("shards"))).finished());
      assertSameFiles(folder.resolve("shards/train"), data.resolve("shards/train"));
      long before = hosts.sent("driver");
      run(hosts.submit(options("spark.cores.max=4"), train(folder.resolve("run"))).finished());
      assertState("4 hosts, 100 Mbit/s", folder.resolve("run"));
      assertThat(hosts.sent("driver") - before).isGreaterThan(Files.size(spark.application()));
      run(hosts.submit(options(), evaluate(folder.resolve("evaluation"))).finished());
    }
    run(CommandLineRun.of(evaluate(folder.resolve("local-evaluation"))));
    assertThat(evaluation(folder.resolve("evaluation")))
        .isEqualTo(evaluation(folder.resolve("local-evaluation")));
  }

  /** What happens to a training after some rounds. */
  private enum Fault {
    CABLE_CUT_FOR_20_S {
      @Override
      void happen(Hosts hosts, Path output) throws IOException {
        hosts.call("cut", "w2");
        Hosts.pause(CUT_MILLIS);
        assertThat(rounds(output)).isLessThan(ROUNDS);
        hosts.call("mend", "w2");
      }
    },
    HOST_KILLED_AND_CUT_OFF {
      @Override
      void happen(Hosts hosts, Path output) throws IOException {
        hosts.call("cut", "w2");
        hosts.call("kill", "w2");
      }
    },
    MASTER_KILLED {
      @Override
      void happen(Hosts hosts, Path output) throws IOException {
        hosts.call("kill", "master");
      }
    };

    abstract void happen(Hosts hosts, Path output) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void trainingGoesOn(Fault fault) throws IOException {
    try (Hosts hosts = hosts(2, null)) {
      Path output = folder.resolve("run");
      Hosts.Submitted training = hosts.submit(options(), train(output));
      awaitRounds(output, FAULT_ROUND);
      fault.happen(hosts, output);
      run(training.finished());
      assertState(fault.toString(), output);
    }
  }

  @Test
  void killedDriverThatResumes() throws IOException {
    try (Hosts hosts = hosts(2, null)) {
      Path output = folder.resolve("run");
      Hosts.Submitted training = hosts.submit(options(), train(output));
      awaitRounds(output, FAULT_ROUND);
      hosts.call("kill", "driver");
      assertThat(training.finished().code()).isNotZero();
      List<String> command = new ArrayList<>(List.of(train(output)));
      command.add("--resume");
      run(hosts.submit(options(), command.toArray(String[]::new)).finished());
      assertState("the driver killed and resumed", output);
    }
  }

  @Test
  void authenticationAndEncryption() throws IOException {
    String network =
        "spark.authenticate true\nspark.network.crypto.enabled true\nspark.authenticate.secret "
            + SECRET
            + "\n";
    Path daemons = Files.createDirectories(folder.resolve("conf"));
    writeProtected(daemons.resolve("spark-defaults.conf"), network);
    Path secret = folder.resolve("secret.conf");
    writeProtected(
        secret, Files.readString(properties()) + network + "spark.io.encryption.enabled true\n");
    try (Hosts hosts = hosts(2, daemons)) {
      Path output = folder.resolve("run");
      run(hosts.submit(List.of("--properties-file", secret.toString()), train(output)).finished());
      assertState("authentication and encryption", output);

      CommandLineRun without = hosts.submit(options(), train(folder.resolve("other"))).finished();
      assertThat(without.code()).isEqualTo(1);
      assertThat(without.err()).contains("expected it to accept the job").doesNotContain(SECRET);
    }
  }

  @Test
  void driverInTheCluster() throws IOException {
    try (Hosts hosts = hosts(2, null)) {
      Path output = folder.resolve("run");
      List<String> options = new ArrayList<>(options());
      options.addAll(List.of("--deploy-mode", "cluster"));
      run(hosts.submit(options, train(output)).finished());
      Hosts.await("a model in " + output, () -> Files.exists(output.resolve("model.spkf")));
      assertState("the driver on a worker (cluster mode)", output);
    }
  }

  @Test
  void dynamicAllocation() throws IOException {
    try (Hosts hosts = hosts(2, null)) {
      Path output = folder.resolve("run");
      List<String> command = new ArrayList<>(List.of(train(output)));
      command.addAll(List.of("--set", "averaging.elastic=true"));
      List<String> options =
          options(
              "spark.dynamicAllocation.enabled=true",
              "spark.dynamicAllocation.shuffleTracking.enabled=true",
              "spark.dynamicAllocation.minExecutors=1",
              "spark.dynamicAllocation.maxExecutors=2",
              "spark.dynamicAllocation.schedulerBacklogTimeout=1s",
              "spark.dynamicAllocation.executorIdleTimeout=2s");
      run(hosts.submit(options, command.toArray(String[]::new)).finished());
      assertState("dynamic allocation, 1 to 2 executors", output);

      options.addAll(List.of("--conf", "spark.dynamicAllocation.schedulerBacklogTimeout=0s"));
      CommandLineRun wrong = hosts.submit(options, train(folder.resolve("other"))).finished();
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.err())
          .contains("error: Spark does not start: spark.dynamicAllocation.schedulerBacklogTimeout");
    }
  }

  /**
   * Each of two hosts sends half of its differences to the other one's mean, and half of the mean's
   * to the other: at most half a byte of each parameter, and two bytes of each statistic, in a
   * frame.
   */
  @Test
  void integersOfFourBitsTakeHalfAByteOfAParameter() throws IOException {
    String[] settings = {
      "model.widths=[32, 64, 128, 192]",
      "data.batch-size=1",
      "schedule.epochs=1",
      "averaging.frequency=1",
      "averaging.moments=local",
      "averaging.transport=int4",
      "checkpoint.every-rounds=50"
    };
    Path local = folder.resolve("one");
    run(CommandLineRun.of(with(train(local), new String[] {"--master", "local[2]"}, settings)));
    try (Hosts hosts = hosts(2, null)) {
      Path output = folder.resolve("run");
      Hosts.Submitted training =
          hosts.submit(options(), with(train(output), new String[0], settings));
      awaitRounds(output, FAULT_ROUND);
      long from = rounds(output);
      long before = hosts.sent("w1");
      awaitRounds(output, 3 * FAULT_ROUND);
      long sent = (hosts.sent("w1") - before) / (rounds(output) - from);
      run(training.finished());
      assertThat(state(output)).isEqualTo(state(local));
      STATES.add("w1 sends " + sent + " bytes a round with int4");
      assertThat(sent).isLessThan((long) (0.5 * parameters(output)));
    }
  }

  // --- commands ---------------------------------------------------------------------------------

  private static String[] prepare(Path output) {
    return new String[] {
      "prepare",
      "imagenet",
      "--input",
      data.resolve("images").toString(),
      "--output",
      output.toString(),
      "--split",
      "train",
      "--shards",
      "2"
    };
  }

  private static String[] train(Path output) {
    return new String[] {
      "train",
      "--recipe",
      recipe.toString(),
      "--train",
      data.resolve("shards/train").toString(),
      "--output",
      output.toString(),
      "--threads",
      "1"
    };
  }

  /** A command with some options and recipe settings. */
  private static String[] with(String[] command, String[] options, String... settings) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(options));
    for (String setting : settings) {
      all.addAll(List.of("--set", setting));
    }
    return all.toArray(String[]::new);
  }

  private static String[] evaluate(Path output) {
    return new String[] {
      "evaluate",
      "--model",
      data.resolve("local").toString(),
      "--data",
      data.resolve("shards/train").toString(),
      "--output",
      output.toString(),
      "--threads",
      "1"
    };
  }

  private Hosts hosts(int workers, Path daemons) throws IOException {
    return new Hosts(spark, folder.resolve("cluster"), workers, daemons);
  }

  /** Those of conf/, small heaps, and what a test adds. */
  private List<String> options(String... settings) throws IOException {
    List<String> options = new ArrayList<>(List.of("--properties-file", properties().toString()));
    for (String setting : settings) {
      options.addAll(List.of("--conf", setting));
    }
    return options;
  }

  private Path properties() throws IOException {
    Path conf = Path.of(System.getProperty("spikeformer.root"), "conf/spark-defaults.conf");
    return Files.writeString(
        folder.resolve("spark.conf"),
        Files.readString(conf)
            + """

            spark.driver.memory 700m
            spark.executor.memory 600m
            spark.executor.cores 1
            spark.cores.max 2
            spark.ui.enabled false
            """);
  }

  private static void writeProtected(Path file, String text) throws IOException {
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  // --- results ----------------------------------------------------------------------------------

  private static void run(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static void awaitRounds(Path output, int number) {
    Hosts.await(number + " rounds", () -> rounds(output) >= number);
  }

  private static long rounds(Path output) {
    Path file = output.resolve("rounds.jsonl");
    if (!Files.exists(file)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void assertState(String where, Path output) throws IOException {
    String found = state(output);
    STATES.add(where + " " + found);
    assertThat(found).as(where).isEqualTo(expected);
  }

  private static String state(Path output) throws IOException {
    return describe(output).at("/checkpoint/stateSha256").asText();
  }

  private static long parameters(Path output) throws IOException {
    return describe(output).get("parameters").asLong();
  }

  private static JsonNode describe(Path output) throws IOException {
    CommandLineRun run =
        CommandLineRun.of("describe", "--model", output.resolve("model.spkf").toString(), "--json");
    run(run);
    return new ObjectMapper().readTree(run.out());
  }

  private static JsonNode evaluation(Path output) throws IOException {
    return new ObjectMapper().readTree(output.resolve("evaluation.json").toFile());
  }

  private static void assertSameFiles(Path found, Path wanted) throws IOException {
    try (Stream<Path> files = Files.list(wanted)) {
      for (Path file : files.toList()) {
        assertThat(found.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
  }
}
