package io.spikeformer.jobs;

import static io.spikeformer.jobs.CommandLineRun.assertFails;
import static io.spikeformer.jobs.CommandLineRun.json;
import static io.spikeformer.jobs.CommandLineRun.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spikeformer.jobs.quickstart.ShapeImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code train --dry-run} says of a training, and what it refuses. */
class DryRunTest {
  @TempDir(factory = UnusualFolder.class)
  private static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    new ShapeImages(16).write(folder.resolve("images"), "train", WholeWayTest.PER_CLASS, 1);
    Files.writeString(folder.resolve("recipe.yaml"), WholeWayTest.RECIPE);
    WholeWayTest.prepare(folder, "train");
  }

  @Test
  void aDryRunSaysWhatATrainingWouldDoAndWritesNothing() throws IOException {
    String[] dry = with(train(), "--dry-run", "--workers", "1", "--set", "schedule.epochs=8");
    JsonNode plan = json(dry);
    assertThat(plan.get("recipe"))
        .contains(
            value("averaging.workers", "1", "flag"),
            value("schedule.epochs", "8", "flag"),
            value("averaging.frequency", "2", "file"),
            value("data.training.rand-augment", "none", "file"),
            value("data.training.interpolation", "bicubic", "default"));
    int samples = WholeWayTest.PER_CLASS * WholeWayTest.CLASSES;
    assertThat(plan.get("samples").asInt()).isEqualTo(samples);
    assertThat(plan.get("workers")).hasSize(1);
    assertThat(plan.at("/workers/0/samples").asInt()).isEqualTo(samples);
    assertThat(plan.at("/workers/0/shards").asInt()).isEqualTo(2);
    assertThat(plan.get("stepsPerEpoch").asInt()).isEqualTo(samples / 4);
    assertThat(plan.get("roundsPerEpoch").asInt()).isEqualTo((samples / 4 + 1) / 2);
    assertThat(plan.at("/schedule/0/rate").asDouble()).isEqualTo(1e-3);
    assertThat(plan.get("schedule"))
        .extracting(point -> point.get("epoch").asInt())
        .containsExactly(0, 2, 4, 6, 8);
    // parameters, statistics and AdamW's two moments: three vectors of floats
    assertThat(plan.get("stateBytes").asLong() % 12).isZero();
    assertThat(plan.get("networkBytesPerRound").asLong()).isZero();
    assertThat(plan.at("/memory/total").asLong()).isGreaterThan(plan.get("stateBytes").asLong());
    assertThat(plan.at("/driverHeap/total").asLong())
        .isEqualTo(2 * plan.get("stateBytes").asLong());
    assertThat(plan.at("/workerHeap/total").asLong()).isZero();
    assertThat(folder.resolve("dry")).doesNotExist();

    CommandLineRun run = CommandLineRun.of(dry);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("key ", "averaging.workers", "flag", "default")
        .contains("▇", "epoch", "1.000e-03")
        .contains("workers: 1, each with 36 samples of 2 shards in an epoch")
        .contains("rounds: 5 an epoch, 40 in all, of up to 2 steps")
        .contains("memory on an executor's heap for each of its workers: none")
        .doesNotContain("averaging.delay: 1")
        .endsWith("dry run: nothing was trained or written" + System.lineSeparator());
    assertThat(folder.resolve("dry")).doesNotExist();
  }

  @Test
  void aDryRunRefusesWhatATrainingWould() {
    assertFails(
        "expected a shard or more for each of 3 workers, found 2 shards",
        with(train(), "--dry-run", "--workers", "3"));
    assertFails(
        "expected at least 40 samples for each of 1 workers, found 36",
        with(train(), "--dry-run", "--workers", "1", "--set", "data.batch-size=40"));
    assertFails(
        "model classes: expected 6", with(train(), "--dry-run", "--set", "model.classes=7"));
    assertFails(
        "expected events.horizontal-flip, events.crop-padding, events.roll and events.drop 0 for"
            + " data of images",
        with(train(), "--dry-run", "--set", "data.training.events.roll=2"));
    assertThat(folder.resolve("dry")).doesNotExist();
  }

  @Test
  void aDelayedMeanNeedsACoreBesideTheWorkers() {
    String[] delayed =
        with(train(), "--dry-run", "--set=averaging.delay=1", "--set=checkpoint.every-rounds=2");
    assertThat(CommandLineRun.of(delayed).out())
        .contains("memory on the driver's heap: ", "for each of its workers: ", "(own state ")
        .contains(
            "averaging.delay: 1: the mean of a round is formed beside the next one, on a core of"
                + " each executor beside those of its workers");
  }

  private static JsonNode value(String key, String value, String source) {
    return new ObjectMapper()
        .createObjectNode()
        .put("key", key)
        .put("value", value)
        .put("source", source);
  }

  private static String[] train() {
    return new String[] {
      "train",
      "--recipe",
      path("recipe.yaml"),
      "--train",
      path("shards/train"),
      "--output",
      path("dry")
    };
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }
}
