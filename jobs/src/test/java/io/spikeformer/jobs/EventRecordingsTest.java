package io.spikeformer.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.common.Text;
import io.spikeformer.data.npy.NpyArray;
import io.spikeformer.data.npy.NpyWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings of events through all commands, with real Spark. */
class EventRecordingsTest {
  private static final int SENSOR = 32;
  private static final int EVENTS = 1500;
  private static final int PER_CLASS = 8;
  private static final String RECIPE =
      """
      model:
        {preset: tiny, classes: 3, channels: 2, timesteps: 4, widths: [16, 16, 16, 16],
         depths: [1, 1]}
      data:
        batch-size: 4
        input: events
        events: {height: 16, width: 16, scale: 0.5}
      optimizer: {name: adamw}
      schedule: {epochs: 6, warm-up-epochs: 0, base-rate: 4.0e-3, scaling: none}
      averaging: {workers: 2, frequency: 2}
      """;

  /** How a bar of events moves. */
  private enum Motion {
    DOWN,
    LEFT,
    RIGHT
  }

  @TempDir(factory = UnusualFolder.class)
  private static Path folder;

  private static Path recipe;
  private static JsonNode trained;

  @BeforeAll
  static void prepareAndTrain() throws IOException {
    for (Motion motion : Motion.values()) {
      for (int i = 0; i < PER_CLASS + 2; i++) {
        String split = i < PER_CLASS ? "train" : "test";
        write(
            motion, 100L * motion.ordinal() + i, Text.format("in/%s/%s/%d.npz", split, motion, i));
      }
    }
    recipe = Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    for (String split : new String[] {"train", "test"}) {
      JsonNode prepared = json(prepare("shards", split, "16x16", "4"));
      assertThat(prepared.get("rejected").asInt()).isZero();
      assertThat(prepared.get("inputBytes").asLong())
          .isGreaterThan(5 * prepared.get("bytes").asLong());
    }
    trained = json(train("shards/train", "shards/test", "run"));
  }

  @Test
  void aTinyModelLearnsMotionAndIsEvaluatedWithItsFiringRates() throws IOException {
    assertThat(trained.get("epochs")).hasSize(6);
    assertThat(trained.at("/epochs/5/train-loss").asDouble())
        .isLessThan(trained.at("/epochs/0/train-loss").asDouble());
    assertThat(trained.at("/epochs/5/validation/samples").asInt()).isEqualTo(6);

    JsonNode result = json(evaluate("shards/test", "evaluation"));

    assertThat(result.get("samples").asInt()).isEqualTo(6);
    assertThat(result.at("/config/timesteps").asInt()).isEqualTo(4);
    assertThat(result.at("/config/channels").asInt()).isEqualTo(2);
    assertThat(result.at("/loss").asDouble())
        .isEqualTo(trained.at("/epochs/5/validation/loss").asDouble());
    assertThat(result.get("firingRate").asDouble()).isBetween(1e-3, 1.0);
    assertThat(folder.resolve("evaluation/report.html")).content().contains("16 x 16 x 2");
  }

  @Test
  void aTrainedModelAnswersForRecordingsAndAnotherLearnsFromThat() throws IOException {
    JsonNode taught =
        json(
            "teach",
            "--model",
            path("run"),
            "--data",
            path("shards/train"),
            "--output",
            path("taught"));
    assertThat(taught.at("/teacher/settings/timesteps").asText()).isEqualTo("4");
    assertThat(taught.at("/teacher/settings/height").asText()).isEqualTo("16");
    CommandLineRun verified = CommandLineRun.of("verify", "--data", path("taught"));
    assertThat(verified.out())
        .contains("24 of 24 classification samples in 2 shards read, nothing wrong");
    JsonNode student =
        json(
            with(
                train("taught", "shards/test", "student"),
                "--set",
                "schedule.epochs=1",
                "--set",
                "model.head=distilled",
                "--set",
                "distillation.teacher=column"));
    assertThat(student.get("epochs")).hasSize(1);
  }

  @Test
  void theShardsAreVerifiedAndDrawn() throws IOException {
    CommandLineRun verified = CommandLineRun.of("verify", "--data", path("shards/train"));
    assertThat(verified.out())
        .contains("24 of 24 classification samples in 2 shards read, nothing wrong");
    JsonNode all = json("inspect", "--data", path("shards/train"), "--output", path("sheet.png"));
    assertThat(all.at("/samples/0/truth").toString())
        .contains("\"frames\":4,\"height\":16,\"width\":16");
    BufferedImage sheet = ImageIO.read(folder.resolve("sheet.png").toFile());
    assertThat(sheet.getWidth()).isEqualTo(4 * 18 - 2);
    assertThat(sheet.getHeight()).isEqualTo(16 * 20 - 4);
    json("inspect", "--data", path("shards/train"), "--sample", "1", "--output", path("one.png"));
    BufferedImage one = ImageIO.read(folder.resolve("one.png").toFile());
    assertThat(one.getHeight()).isEqualTo(16);
    int colours = 0;
    for (int x = 0; x < 16; x++) {
      colours |= (one.getRGB(x, 8) & 0xffffff) == 0xffffff ? 1 : 2;
    }
    assertThat(colours).as("background and events").isEqualTo(3);
  }

  @Test
  void shardsThatDoNotFitAreRefusedBeforeAnyWork() {
    assertThat(CommandLineRun.of(prepare("long", "train", "16x16", "8")).code()).isZero();
    assertThat(CommandLineRun.of(prepare("large", "test", "32x32", "4")).code()).isZero();

    assertRefused(
        train("long/train", "shards/test", "refused"),
        "timesteps: expected recordings of 4 frames, one for each timestep of the model, found 8",
        "choose a model of T = 8, or prepare the split with --timesteps 4");
    assertRefused(
        train("shards/train", "large/test", "refused"),
        "frame size: expected 16 x 16 pixels (height x width) as in the recipe, found 32 x 32",
        "or prepare the split with --size 16x16");
    assertRefused(evaluate("large/test", "refused"), "frame size: expected 16 x 16", "large/test");
    assertRefused(
        with(evaluate("shards/test", "refused"), "--timesteps", "2"),
        "timesteps: expected recordings of 2 frames",
        "found 4");
    assertRefused(
        with(
            train("shards/train", "shards/test", "refused"),
            "--set",
            "data.input=images",
            "--set",
            "model.channels=3"),
        "shards of other samples: expected classification of images, found classification of event");
    assertRefused(
        with(train("shards/train", "shards/test", "refused"), "--set", "model.channels=3"),
        "model channels: expected 2 for data input events, found 3");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aRecordingWhoseClockIsResetIsKeptUpToThereIfAskedFor() throws IOException {
    float[][] columns = new float[4][100];
    for (int i = 0; i < columns[0].length; i++) {
      columns[0][i] = 40 * (i < 60 ? i : i - 60);
    }
    write(columns, "mine/reset.npz");
    String[] prepare = prepare("reset", "train", "16x16", "4");
    prepare[3] = path("mine/reset.npz");

    assertRefused(
        prepare,
        "no sample is left: all 1 files are rejected, the first is reset.npz (reset.npz at byte ",
        "event 60: goes back in time: expected at least 2360 us, found 0 us; --damaged keep-prefix",
        "reset/train/_rejected.jsonl, then mend the input or choose other options");
    CommandLineRun kept =
        CommandLineRun.of(with(prepare, "--damaged", "keep-prefix", "--stream", "3"));

    assertThat(kept.code()).as(kept.err()).isZero();
    assertThat(kept.out()).contains("1 samples").contains("; 1 notes in _notes.jsonl");
    assertThat(folder.resolve("reset/train/_notes.jsonl"))
        .content()
        .contains("kept up to the damage, 60 events until 2360 us");
    assertThat(
            json(with(prepare, "--damaged", "keep-prefix", "--stream", "3")).get("notes").asInt())
        .isEqualTo(1);
  }

  @Test
  void impossibleOptionsAreUsageErrors() {
    for (String[] option :
        new String[][] {
          {"--size", "224", "expected HEIGHTxWIDTH in pixels"},
          {"--frame-split", "events", "expected number or time, found 'events'"},
          {"--max-count", "256", "expected a largest count of 1 to 255, found 256"},
          {"--time-unit", "ms", "expected microseconds or seconds, found 'ms'"},
          {"--format", "mat", "format: expected one of any, aedat4, npz, pictures, found 'mat'"},
          {"--on-colour", "red", "expected six hexadecimal digits"},
          {"--timesteps", "1025", "expected 1 to 1024 frames"},
          {"--stream", "-1", "expected a number >= 0, found -1"},
          {"--damaged", "keep", "expected reject or keep-prefix, found 'keep'"},
        }) {
      String[] command =
          with(
              new String[] {"prepare", "hardvs", "--input", "x", "--output", "y", "--split", "z"},
              option[0],
              option[1]);
      CommandLineRun run = CommandLineRun.of(command);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).startsWith("error: ").contains(option[2]);
    }
  }

  private static void assertRefused(String[] command, String... parts) {
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.code()).as(run.err()).isNotZero();
    // wrong usage, as of --set, has a line about the help behind it
    String error = run.err().strip().replaceFirst("\nSee 'spikeformer \\w+ --help'\\.$", "");
    assertThat(error).contains(parts).doesNotContain("\n");
  }

  private static String[] prepare(String output, String split, String size, String timesteps) {
    return new String[] {
      "prepare",
      "hardvs",
      "--input",
      path("in"),
      "--output",
      path(output),
      "--split",
      split,
      "--shards",
      "2",
      "--sensor",
      SENSOR + "x" + SENSOR,
      "--size",
      size,
      "--timesteps",
      timesteps,
      "--master",
      "local[2]"
    };
  }

  private static String[] train(String train, String validation, String run) {
    return new String[] {
      "train",
      "--recipe",
      recipe.toString(),
      "--train",
      path(train),
      "--validation",
      path(validation),
      "--output",
      path(run),
      "--master",
      "local[2]",
      "--kernels",
      "reference"
    };
  }

  private static String[] evaluate(String data, String output) {
    return new String[] {
      "evaluate",
      "--model",
      path("run"),
      "--data",
      path(data),
      "--output",
      path(output),
      "--master",
      "local[2]",
      "--kernels",
      "reference",
      "--batch",
      "4"
    };
  }

  private static String[] with(String[] command, String... more) {
    return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
  }

  private static JsonNode json(String... command) throws IOException {
    CommandLineRun run = CommandLineRun.of(with(command, "--json"));
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  /** A bar that moves once over the sensor, ON events in front, OFF events behind it. */
  private static void write(Motion motion, long seed, String name) throws IOException {
    Random random = new Random(seed);
    float[][] columns = new float[4][EVENTS];
    for (int i = 0; i < EVENTS; i++) {
      int polarity = random.nextInt(2);
      int bar = Math.min(SENSOR - 1, i * (SENSOR - 4) / EVENTS + 3 * polarity + random.nextInt(2));
      int across = random.nextInt(SENSOR);
      columns[0][i] = 40f * i + random.nextInt(30);
      columns[1][i] =
          switch (motion) {
            case DOWN -> across;
            case LEFT -> SENSOR - 1 - bar;
            case RIGHT -> bar;
          };
      columns[2][i] = motion == Motion.DOWN ? bar : across;
      columns[3][i] = polarity;
    }
    write(columns, name);
  }

  private static void write(float[][] columns, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      String[] names = {"t", "x", "y", "p"};
      for (int column = 0; column < names.length; column++) {
        zip.putNextEntry(new ZipEntry(names[column] + ".npy"));
        NpyWriter.write(zip, new NpyArray(new int[] {columns[column].length}, columns[column]));
      }
    }
  }
}
