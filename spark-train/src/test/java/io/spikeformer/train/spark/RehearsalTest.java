package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.OutputFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A long run in small, in processes that are killed: {@code rehearsal.rounds} rounds (20 unless
 * given) with a random fault in every ten, on {@code rehearsal.master} (local[2,4] unless given).
 * See benchmarks/rehearsal.sh.
 */
@Tag("slow")
class RehearsalTest {
  private static final int ROUNDS_PER_EPOCH = 10;

  @TempDir private Path folder;

  @Test
  void aRunWithAFaultInEveryTenRoundsEndsWithTheSameBits() throws Exception {
    int rounds = Integer.getInteger("rehearsal.rounds", 20);
    String master = System.getProperty("rehearsal.master", "local[2,4]");
    String train = SmallSplit.write(folder.resolve("train"), 2, 4 * ROUNDS_PER_EPOCH);
    String[] changes = {
      "averaging.frequency=1",
      "averaging.outer.momentum=0.5",
      "checkpoint.every-rounds=4",
      "schedule.epochs=" + rounds / ROUNDS_PER_EPOCH
    };
    Checkpoint calm;
    try (JavaSparkContext spark = new JavaSparkContext(SparkTests.conf("local[2]"))) {
      calm =
          new TrainingRun(
                  spark,
                  SmallSplit.recipe(changes),
                  new TrainingPlaces(train, null, folder.resolve("calm").toString()),
                  new TrainingOptions(TrainingOptions.Start.FRESH, "auto", 1, 1),
                  Progress.SILENT)
              .run()
              .checkpoint();
    }
    Path notes = Files.createDirectories(folder.resolve("notes"));
    Path out = folder.resolve("out");
    String[] arguments = {train, out.toString(), notes.toString(), master, "10", ""};
    int started =
        ForkedTraining.untilItEnds(
            folder.resolve("log"),
            Stream.concat(Stream.of(arguments), Stream.of(changes)).toArray(String[]::new));
    Checkpoint found = OutputFolder.load(out.toString(), new Configuration(), message -> {});
    assertThat(Arrays.mismatch(found.state(), calm.state())).isEqualTo(-1);
    assertThat(found.position().step()).isEqualTo(rounds);
    assertThat(notes.toFile().list((where, name) -> name.startsWith("fault-")))
        .hasSize(rounds / 10);
    assertThat(out.resolve("_lock.json")).doesNotExist();
    System.out.printf("%d rounds, %d faults, started %d times%n", rounds, rounds / 10, started);
  }
}
