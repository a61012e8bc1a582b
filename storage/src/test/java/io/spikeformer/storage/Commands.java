package io.spikeformer.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * The commands of the job jar on {@link TestImages}, with Spark's settings as a store needs them.
 */
final class Commands {
  /** What {@link #prepare} leaves in the folder of a split. */
  static final List<String> SPLIT =
      List.of("_manifest.json", "_rejected.jsonl", "part-00000.parquet", "part-00001.parquet");

  /** Three epochs of the smallest network. */
  static final String RECIPE =
      """
      model: {preset: tiny, classes: 3, widths: [16, 16, 16, 16], depths: [1, 1]}
      data:
        batch-size: 4
        training: {crop: none, size: 16, horizontal-flip: 0.5}
        evaluation: {crop: none, size: 16}
      optimizer: {name: adamw}
      schedule: {epochs: 3, warm-up-epochs: 0, base-rate: 1.0e-3, scaling: none}
      averaging: {workers: 1, frequency: 2}
      """;

  private static final String HADOOP = "spark.hadoop.";

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> secrets = new LinkedHashMap<>();

  Commands() {
    settings.put("spark.master", "local[2]");
  }

  /** What a command printed and how it ended. */
  record Outcome(int code, String out, String err) {
    Outcome succeeds() {
      assertThat(code).as(err).isZero();
      return this;
    }

    /** With exit code 1 and one line that contains a text. */
    Outcome fails(String expected) {
      assertThat(code).isEqualTo(1);
      assertThat(err).startsWith("error: ").contains(expected).hasLineCount(1);
      return this;
    }
  }

  /** Sets something of Spark for the commands that follow. */
  void set(String key, String value) {
    settings.put(key, value);
  }

  /** Takes it back. */
  void unset(String key) {
    settings.remove(key);
  }

  /** Sets something of Hadoop for the commands that follow. */
  void setHadoop(String key, String value) {
    settings.put(HADOOP + key, value);
  }

  /** Sets something of Hadoop that no command line may show. */
  void setSecret(String key, String value) {
    secrets.put(HADOOP + key, value);
  }

  /** What Hadoop is told, with the secrets. */
  Configuration configuration() {
    Configuration configuration = new Configuration();
    all()
        .forEach(
            (key, value) -> {
              if (key.startsWith(HADOOP)) {
                configuration.set(key.substring(HADOOP.length()), value);
              }
            });
    return configuration;
  }

  private Map<String, String> all() {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putAll(secrets);
    return all;
  }

  /** Runs a command in this process, with the settings as system properties. */
  Outcome run(String... arguments) throws IOException {
    FileSystem.closeAll(); // or it would keep the settings of the command before
    Map<String, String> all = all();
    all.forEach(System::setProperty);
    try {
      StringWriter out = new StringWriter();
      StringWriter err = new StringWriter();
      int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
      return new Outcome(code, out.toString(), err.toString());
    } finally {
      all.keySet().forEach(System::clearProperty);
    }
  }

  /** Runs a command that must succeed and reads its result. */
  JsonNode json(String... arguments) throws IOException {
    return new ObjectMapper().readTree(run(with(arguments, "--json")).succeeds().out());
  }

  /** A process of its own for a command, not started; the secrets are left to its environment. */
  ProcessBuilder process(Path log, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("@" + Path.of(System.getProperty("spikeformer.root"), "conf/jvm.options"));
    command.add("-Xmx1g");
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
  }

  /** Class folders or a tar to a split of two shards. */
  static String[] prepare(String input, String output) {
    return new String[] {
      "prepare",
      "imagenet",
      "--input",
      input,
      "--output",
      output,
      "--split",
      "train",
      "--shards",
      "2"
    };
  }

  static String[] train(String recipe, String shards, String output) {
    return new String[] {
      "train", "--recipe", recipe, "--train", shards, "--output", output, "--threads", "1"
    };
  }

  static String[] evaluate(String model, String data, String output) {
    return new String[] {"evaluate", "--model", model, "--data", data, "--output", output};
  }

  static String[] inspect(String data, String picture) {
    return new String[] {"inspect", "--data", data, "--output", picture};
  }

  static String[] with(String[] arguments, String... more) {
    return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
  }

  /** The files below a local folder, by their paths in it, without hidden ones. */
  static Map<String, byte[]> files(Path root) throws IOException {
    Map<String, byte[]> content = new TreeMap<>();
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().startsWith(".")) {
          content.put(root.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
    }
    return content;
  }

  /** Those of the files of a split that are shards. */
  static Map<String, byte[]> shards(Map<String, byte[]> files) {
    Map<String, byte[]> shards = new TreeMap<>(files);
    shards.keySet().removeIf(name -> !name.endsWith(".parquet"));
    return shards;
  }

  static void assertSameFiles(Map<String, byte[]> found, Map<String, byte[]> expected) {
    assertThat(found).containsOnlyKeys(expected.keySet());
    found.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(expected.get(name)));
  }
}
