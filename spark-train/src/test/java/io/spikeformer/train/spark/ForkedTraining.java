package io.spikeformer.train.spark;

import io.spikeformer.common.Text;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.StorageRetries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A training in a process of its own that is struck by a random fault, drawn by the round's number,
 * after every so many rounds, each once.
 */
final class ForkedTraining {
  private final Path notes;
  private final int faultEvery;
  private final JavaSparkContext spark;

  private ForkedTraining(JavaSparkContext spark, Path notes, int faultEvery) {
    this.spark = spark;
    this.notes = notes;
    this.faultEvery = faultEvery;
  }

  /**
   * Arguments: training data, output, folder for notes, master, rounds between faults, faults of
   * the {@link FlakyFileSystem}, recipe.
   */
  public static void main(String[] arguments) {
    Path notes = Path.of(arguments[2]);
    try (JavaSparkContext spark =
        new JavaSparkContext(
            SparkTests.conf(arguments[3])
                .set("spark.hadoop.fs.flaky.impl", FlakyFileSystem.class.getName())
                .set("spark.hadoop.fs.flaky.impl.disable.cache", "true")
                .set("spark.hadoop." + FlakyFileSystem.NOTES, notes.toString())
                .set("spark.hadoop." + FlakyFileSystem.FAULTS, arguments[5])
                .set("spark.hadoop." + StorageRetries.FIRST_PAUSE, "1"))) {
      ForkedTraining training = new ForkedTraining(spark, notes, Integer.parseInt(arguments[4]));
      new TrainingRun(
              spark,
              SmallSplit.recipe(Arrays.copyOfRange(arguments, 6, arguments.length)),
              new TrainingPlaces(arguments[0], null, "flaky://" + arguments[1]),
              new TrainingOptions(TrainingOptions.Start.RESUME, "auto", 1, 1),
              training.progress())
          .run();
    }
  }

  /** Runs it until it ends by itself, and returns how often it was started. */
  static int untilItEnds(Path log, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("@" + Path.of(System.getProperty("spikeformer.root"), "conf/jvm.options"));
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspikeformer.root=" + System.getProperty("spikeformer.root"),
            "-cp",
            System.getProperty("java.class.path"),
            ForkedTraining.class.getName()));
    command.addAll(List.of(arguments));
    for (int started = 1; ; started++) {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start()
              .waitFor();
      if (code == 0) {
        return started;
      }
      if (code != 137) {
        throw new IllegalStateException(
            Text.format("exit code %s, see %s", code, Files.readString(log)));
      }
    }
  }

  private Progress progress() {
    return new Progress() {
      @Override
      public void roundFinished(Round round) {
        int number = (round.epoch() - 1) * round.rounds() + round.round();
        if (number % faultEvery == faultEvery / 2 && isFirst("fault-" + number)) {
          strike(number);
        }
      }
    };
  }

  private void strike(int number) {
    switch (new Random(number).nextInt(3)) {
      case 0 -> {
        spark.hadoopConfiguration().set(FlakyFileSystem.FAULTS, "create,.spkf,full,1");
        spark.hadoopConfiguration().set(FlakyFileSystem.NOTES, notes(number).toString());
      }
      case 1 -> {
        String driver = ProcessHandle.current().pid() + "";
        List<Long> executors =
            spark
                .parallelize(List.of(1), 1)
                .map(i -> SparkEnv.get().executorId().equals("driver") ? 0L : pid())
                .collect();
        Kill.process(executors.get(0) == 0 ? Long.parseLong(driver) : executors.get(0));
      }
      default -> Kill.thisProcess();
    }
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private Path notes(int number) {
    try {
      return Files.createDirectories(notes.resolve("notes-" + number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isFirst(String name) {
    try {
      Files.createFile(notes.resolve(name));
      return true;
    } catch (FileAlreadyExistsException again) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
