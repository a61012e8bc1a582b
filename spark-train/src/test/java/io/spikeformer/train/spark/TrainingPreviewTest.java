package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.data.sample.SampleKind;
import io.spikeformer.data.sample.TruthKind;
import io.spikeformer.data.shard.ManifestFormat;
import io.spikeformer.data.shard.ShardManifest;
import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.data.storage.Checksums;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.LocalTrainer;
import io.spikeformer.train.Progress;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.output.OutputLock;
import io.spikeformer.train.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of a training before it begins, and what is refused then. */
class TrainingPreviewTest extends TrainingLab {
  private static final Configuration HADOOP = new Configuration();

  private TrainingPlaces places(String output) {
    return new TrainingPlaces(train, validation, path(output));
  }

  private TrainingPreview preview(Recipe recipe, String output, TrainingOptions options) {
    return TrainingPreview.of(recipe, places(output), options, HADOOP);
  }

  @ParameterizedTest
  @CsvSource({
    "adamw, average, 3",
    "adamw, reset, 1",
    "adamw, local, 1",
    "lamb, local, 1",
    "sgd, average, 2",
    "sgd, reset, 1"
  })
  void onlyWhatIsAveragedTravels(String optimizer, String moments, int vectors) {
    TrainingPreview preview =
        preview(
            SmallSplit.recipe("optimizer.name=" + optimizer, "averaging.moments=" + moments),
            "out",
            OPTIONS);
    long vector = Float.BYTES * modelLength();
    assertThat(preview.stateBytes()).isEqualTo(vectors * vector);
    // half of it from and to each of two workers
    assertThat(preview.networkBytes()).isEqualTo(2 * vectors * vector);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.batch-size=1 | minibatch of 1, 1 x 1 pixels of images of 8 x 8; set data.batch-size=2 or more, or larger images with data.training.size | data.batch-size=2 data.training.size=16 model.timesteps=2
          averaging.workers=1 data.drop-last=false | minibatch of 1, 1 x 1 pixels of images of 8 x 8; an epoch's last minibatch is that small: set data.drop-last=true, or another data.batch-size than 4 | data.drop-last=true data.batch-size=3 data.training.size=16
          """)
  void aMinibatchOfOneValueAChannelIsRefusedBeforeTheTraining(
      String changes, String expected, String remedies) {
    String[] refused = (changes + " data.training.size=8").split(" ");
    String message =
        "batch normalisation of stage3.downsample: expected more than 1 value per channel when"
            + " training, found 1: T = 1, "
            + expected;
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> preview(SmallSplit.recipe(refused), "out", OPTIONS))
        .withMessage(message);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> training(SmallSplit.recipe(refused), "out", OPTIONS, Progress.SILENT).run())
        .withMessage(message);
    assertThat(folder.resolve("out")).doesNotExist();
    // what the message advises, and what else makes more than one value
    for (String remedy : remedies.split(" ")) {
      String[] followed = (changes + " data.training.size=8 " + remedy).split(" ");
      assertThat(preview(SmallSplit.recipe(followed), "out", OPTIONS).plan().steps()).isPositive();
    }
  }

  private static long modelLength() {
    try (LocalTrainer trainer =
        new LocalTrainer(
            SmallSplit.recipe(),
            Schedule.cosine(1, 0, 0, 1),
            KernelProvider.create("reference", 1))) {
      return trainer.layout().length();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, float32, average, 2",
    "2, bfloat16, average, 1.5",
    "3, bfloat16, average, 3",
    "1, bfloat16, average, 0",
    "2, int8, local, 0.5",
    "2, int4, local, 0.25",
    "3, int4, reset, 0.5",
    "1, int4, average, 0",
    // a state of parameters and two moments: of each moment half
    "2, int8, average, 0.8333333333333333",
    "2, int4, average, 0.75"
  })
  void theTransportDecidesWhatSeveralWorkersSend(
      int workers, String transport, String moments, double states) {
    TrainingPreview preview =
        preview(
            SmallSplit.recipe(
                "averaging.workers=" + workers,
                "averaging.transport=" + transport,
                "averaging.moments=" + moments),
            "out",
            OPTIONS);
    assertThat(preview.networkBytes()).isEqualTo(Math.round(states * preview.stateBytes()));
  }

  @Test
  void aValidationSplitThatCannotBeUsedIsRefusedAsInATraining() throws IOException {
    ShardManifest known = ShardSet.open(validation, HADOOP).manifest();
    String shard = known.shards().get(0).file();
    Files.createDirectory(folder.resolve("detection"));
    Files.copy(Path.of(validation, shard), folder.resolve("detection").resolve(shard));
    ManifestFormat.write(
        new Storage(HADOOP),
        Storage.path(path("detection")),
        new ShardManifest(
            known.schemaVersion(),
            new SampleKind(ContentKind.IMAGE, TruthKind.OBJECTS),
            known.split(),
            known.classes(),
            known.source(),
            known.accepted(),
            0,
            0,
            known.shards()));
    refused(
        SmallSplit.recipe(),
        new TrainingPlaces(train, path("detection"), path("out")),
        OPTIONS,
        "shards of other samples: expected classification of images, found detection of images in");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void anOutputFolderThatAnotherRunHoldsIsRefusedAndLeftAlone() throws IOException {
    try (OutputLock lock =
        new OutputFolder(path("held"), HADOOP).lock(OutputLock.Stale.REFUSE, message -> {})) {
      lock.acquire();
      Map<String, String> before = files("held");
      for (TrainingOptions options : new TrainingOptions[] {OPTIONS, OPTIONS.resuming()}) {
        assertThatExceptionOfType(UserException.class)
            .isThrownBy(() -> preview(SmallSplit.recipe(), "held", options))
            .withMessageMatching(
                "output \\S+/held/: expected no other run, found process "
                    + ProcessHandle.current().pid()
                    + " of user .*");
      }
      lock.requireHeld();
      assertThat(files("held")).isEqualTo(before).containsOnlyKeys(OutputLock.FILE);
    }
  }

  @Test
  void aTrainingThatCannotGoOnIsRefusedAndOneThatCanIsLeftAlone() throws IOException {
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1");
    run(recipe, "out");
    Map<String, String> before = files("out");
    TrainingOptions resume = OPTIONS.resuming();

    assertThat(preview(recipe, "out", resume).recipe()).isEqualTo(recipe);
    refused(recipe, places("out"), OPTIONS, "expected a folder without checkpoints");
    refused(
        SmallSplit.recipe("schedule.epochs=1", "optimizer.weight-decay=0.5"),
        places("out"),
        resume,
        "differs: optimizer.weight-decay: null, now 0.5; train into another folder");
    String other = SmallSplit.write(folder.resolve("new"), 2, 16);
    refused(
        recipe,
        new TrainingPlaces(other, validation, path("out")),
        resume,
        "resume: the training data of checkpoint");
    assertThat(files("out")).isEqualTo(before);
  }

  @Test
  void aModelToStartFromThatIsMissingOrOfAnotherArchitectureIsRefused() {
    refused(
        SmallSplit.recipe("initialise-from=" + path("nowhere")),
        places("out"),
        OPTIONS,
        "expected a checkpoint or a training's output folder, found nothing");
    run(SmallSplit.recipe("schedule.epochs=1"), "other");
    refused(
        SmallSplit.recipe("model.depths=[1, 2]", "initialise-from=" + path("other")),
        places("out"),
        OPTIONS,
        "expected the recipe's architecture, found another");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  /** A preview and a training say the same in one line. */
  private void refused(
      Recipe recipe, TrainingPlaces places, TrainingOptions options, String message) {
    RuntimeException found =
        catchThrowableOfType(
            RuntimeException.class, () -> TrainingPreview.of(recipe, places, options, HADOOP));
    RuntimeException expected =
        catchThrowableOfType(
            RuntimeException.class,
            () -> new TrainingRun(spark, recipe, places, options, Progress.SILENT));
    assertThat(found).hasMessageContaining(message).hasMessageNotContaining("\n");
    assertThat(found).hasSameClassAs(expected).hasMessage(expected.getMessage());
  }

  /** Checksums by name. */
  private Map<String, String> files(String output) throws IOException {
    Map<String, String> files = new TreeMap<>();
    Path root = folder.resolve(output);
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Checksums.sha256(Files.readAllBytes(file)));
      }
    }
    return files;
  }
}
