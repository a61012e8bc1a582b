package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.RoundMetrics;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints within an epoch are written while the next round is trained. */
class BackgroundCheckpointTest extends TrainingLab {
  private static final String[] COMMON = {"averaging.frequency=1", "schedule.epochs=1"};

  @ParameterizedTest
  @ValueSource(
      strings = {
        "averaging.outer.momentum=0.5",
        "averaging.moments=local averaging.transport=int4",
        "averaging.delay=1 averaging.transport=bfloat16"
      })
  void theBitsAreThoseOfATrainingWithFewCheckpoints(String settings) throws IOException {
    Checkpoint few = run(recipe(settings, 50), "few").checkpoint();
    Recipe recipe = recipe(settings, 1);
    SameBits.assertSameBits(run(recipe, "many").checkpoint(), few);
    try (Stream<Path> files = Files.list(folder.resolve("many/checkpoints"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".spkf")))
          .hasSize(recipe.checkpoint().keep());
    }
  }

  /** The file of the first round's checkpoint is held back until the second round has ended. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void theNextRoundEndsWhileTheFileIsWritten(int delay) throws IOException {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    spark.hadoopConfiguration().set("fs.flaky.impl", FlakyFileSystem.class.getName());
    spark.hadoopConfiguration().set("fs.flaky.impl.disable.cache", "true");
    spark.hadoopConfiguration().set(FlakyFileSystem.NOTES, folder.toString());
    spark
        .hadoopConfiguration()
        .set(FlakyFileSystem.FAULTS, "create,epoch-00000-round-000001,hold,1");
    Progress progress =
        new Progress() {
          @Override
          public void roundFinished(Round round) {
            order.add("round " + round.round());
            if (round.round() == 2) {
              release();
            }
          }

          @Override
          public void checkpointWritten(Saved checkpoint) {
            order.add(checkpoint.location().replaceAll(".*/", ""));
          }
        };
    String out = "flaky://" + folder.resolve("held");
    TrainingPlaces places = new TrainingPlaces(train, null, out);
    Recipe recipe = recipe("averaging.delay=" + delay, 1);
    new TrainingRun(spark, recipe, places, OPTIONS, progress).run();
    assertThat(order).startsWith("round 1", "round 2", "epoch-00000-round-000001.spkf");
    assertThat(order)
        .containsSubsequence("epoch-00000-round-000002.spkf", "epoch-00000-round-000003.spkf")
        .containsSubsequence("round 3", "round 4")
        .endsWith("epoch-00001-round-000000.spkf");
    List<RoundMetrics> rounds =
        Files.readAllLines(folder.resolve("held/rounds.jsonl")).stream()
            .map(RoundMetrics::fromJson)
            .toList();
    assertThat(rounds)
        .extracting(round -> round.seconds().checkpoint() > 0)
        .containsExactly(false, true, true, true);
  }

  private void release() {
    try {
      Files.createFile(folder.resolve(FlakyFileSystem.GO));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The driver is killed while it writes the file of a round, twice, and resumed. */
  @Test
  void aDriverThatIsKilledMeanwhileIsResumedWithTheSameBits()
      throws IOException, InterruptedException {
    killAndResume("averaging.moments=local");
  }

  @Test
  @Tag("slow")
  void aDriverThatIsKilledWithADelayIsResumedWithTheSameBits()
      throws IOException, InterruptedException {
    killAndResume("averaging.delay=1");
  }

  private void killAndResume(String settings) throws IOException, InterruptedException {
    Checkpoint calm = run(recipe(settings, 1), "calm").checkpoint();
    Path notes = Files.createDirectories(folder.resolve("notes"));
    Path out = folder.resolve("out");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(train, out.toString(), notes.toString(), "local[2]", "1000"));
    arguments.add("create,epoch-00000-round-000001.spkf,kill,1;create,round-000003.spkf,kill,1");
    arguments.addAll(List.of(settings(settings, 1)));
    int started =
        ForkedTraining.untilItEnds(folder.resolve("log"), arguments.toArray(String[]::new));
    assertThat(started).isEqualTo(3);
    Checkpoint found = OutputFolder.load(out.toString(), new Configuration(), line -> {});
    assertSameBits(found.state(), calm.state());
  }

  @Test
  void aTrainingThatStopsNamesTheCheckpointThatIsBeingWritten() {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    Progress killer =
        new Progress() {
          @Override
          public void checkpointWritten(Saved checkpoint) {
            order.add(checkpoint.location().replaceAll(".*/", ""));
          }

          @Override
          public void checkpointBegins(long step) {
            if (step == 2) {
              throw new Killed();
            }
          }
        };
    TrainingRun training = training(recipe("averaging.delay=0", 1), "stopped", OPTIONS, killer);
    assertThatExceptionOfType(Killed.class).isThrownBy(training::run);
    assertThat(order).containsExactly("epoch-00000-round-000001.spkf");
  }

  private static Recipe recipe(String settings, int every) {
    return SmallSplit.recipe(settings(settings, every));
  }

  private static String[] settings(String more, int every) {
    return Stream.of(COMMON, more.split(" "), new String[] {"checkpoint.every-rounds=" + every})
        .flatMap(Stream::of)
        .toArray(String[]::new);
  }
}
