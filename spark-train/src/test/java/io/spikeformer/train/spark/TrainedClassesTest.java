package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.data.shard.ShardSet;
import io.spikeformer.eval.spark.EvaluationProgress;
import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.OutputFolder;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.spark.teach.TeachJob;
import io.spikeformer.train.spark.teach.TeachOptions;
import io.spikeformer.train.teacher.TeacherFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Class names wherever a training meets a model or other data. */
class TrainedClassesTest extends TrainingLab {
  private static final Configuration HADOOP = new Configuration();

  /** blue is called teal, so that every label means another class. */
  private static final List<String> SHIFTED = List.of("green", "red", "teal");

  /** Where a list of classes meets the one of the training data. */
  private enum Meeting {
    VALIDATION("classes of splits train and renamed differ: ", "; prepare both from folders with"),
    INITIALISE_FROM(
        "initialise-from ",
        "; set initialise-head=new to begin with an untrained head, or train on data with the"
            + " classes of that model"),
    TEACHER("teacher ", "; name a teacher of these classes, or data of the teacher's"),
    RESUME("resume: the list of classes of checkpoint ", "; train into another folder");

    private final String begins;
    private final String advice;

    Meeting(String begins, String advice) {
      this.begins = begins;
      this.advice = advice;
    }
  }

  @ParameterizedTest
  @EnumSource(Meeting.class)
  void otherClassesAreRefusedWithTheFirstDifference(Meeting meeting) throws IOException {
    assertThatThrownBy(() -> meet(meeting, SHIFTED))
        .isInstanceOf(RuntimeException.class)
        .hasMessageStartingWith(meeting.begins)
        .hasMessageMatching(".*found 3 and 3 of them, the first difference at label 0 .*")
        .hasMessageContaining(meeting.advice)
        .hasMessageNotContaining("\n");
    assertThatCode(() -> meet(meeting, SmallSplit.CLASSES)).doesNotThrowAnyException();
  }

  /** What {@code train} looks at before it begins, with a list of classes for the other side. */
  private void meet(Meeting meeting, List<String> classes) throws IOException {
    Recipe recipe = SmallSplit.recipe();
    String other = validation;
    TrainingOptions options = OPTIONS;
    switch (meeting) {
      case VALIDATION -> other = renamed(classes);
      case INITIALISE_FROM -> recipe = SmallSplit.recipe("initialise-from=" + model(classes));
      case TEACHER ->
          recipe =
              SmallSplit.recipe("model.head=distilled", "distillation.teacher=" + model(classes));
      case RESUME -> {
        begin(recipe, classes);
        options = OPTIONS.resuming();
      }
    }
    TrainingPreview.of(recipe, new TrainingPlaces(train, other, path("out")), options, HADOOP);
  }

  private String renamed(List<String> classes) throws IOException {
    Path split = folder.resolve("renamed");
    SmallSplit.write(split, 1, 9);
    Path manifest = split.resolve("_manifest.json");
    Files.writeString(
        manifest,
        Files.readString(manifest)
            .replace("\"blue\", \"green\", \"red\"", "\"" + String.join("\", \"", classes) + "\""));
    return split.toString();
  }

  private String model(List<String> classes) {
    return new OutputFolder(path("model"), HADOOP).writeModel(untrained(classes)).toString();
  }

  private void begin(Recipe recipe, List<String> classes) {
    float[] state = untrained(classes).state();
    Checkpoint begun =
        new Checkpoint(
            recipe.model().toConfig(),
            TrainingPosition.START,
            recipe.toYaml(),
            DataIdentity.of(ShardSet.open(train, HADOOP).manifest(), null).text(),
            List.of(),
            state,
            List.of(new float[state.length], new float[state.length]));
    new OutputFolder(path("out"), HADOOP).checkpoints(1).save(begun.withClasses(classes));
  }

  private static Checkpoint untrained(List<String> classes) {
    Recipe recipe = SmallSplit.recipe();
    try (Kernels kernels = KernelProvider.create("reference", 1);
        SpikeformerModel model = SpikeformerModel.create(recipe.model().toConfig(), kernels, 3)) {
      return new Checkpoint(
              model.config(),
              TrainingPosition.START,
              recipe.toYaml(),
              "",
              List.of(),
              model.state().toArray(),
              List.of())
          .withClasses(classes);
    }
  }

  @Test
  void theAdviceOfANewHeadIsTakenUp() {
    Recipe recipe = SmallSplit.recipe("initialise-from=" + model(SHIFTED), "initialise-head=new");
    Checkpoint started = run(recipe, "out").checkpoint();
    assertThat(started.classes()).isEqualTo(SmallSplit.CLASSES);
  }

  @Test
  void aModelThatDoesNotNameItsClassesIsUsedWithAWarning() {
    String unnamed = model(List.of());
    List<String> warnings = new ArrayList<>();
    Recipe recipe = SmallSplit.recipe("initialise-from=" + unnamed);
    StartingPoint.source(recipe, SmallSplit.CLASSES, HADOOP, warnings::add);
    TeacherFile.load(unnamed, HADOOP, warnings::add)
        .requireClasses("the data", SmallSplit.CLASSES, warnings::add);
    assertThat(warnings)
        .containsExactly(
            "initialise-from "
                + unnamed
                + " does not name its classes: that label by label they are those of the training"
                + " data was not checked",
            "teacher "
                + unnamed
                + " does not name its classes: that label by label they are those of the data was"
                + " not checked");
    warnings.clear();
    Recipe fresh = SmallSplit.recipe("initialise-from=" + unnamed, "initialise-head=new");
    StartingPoint.source(fresh, SmallSplit.CLASSES, HADOOP, warnings::add);
    assertThat(warnings).isEmpty();
  }

  @Test
  void teachRefusesATeacherOfOtherClasses() {
    TeachOptions options = teach(SHIFTED);
    assertThatThrownBy(() -> TeachJob.run(spark, options, EvaluationProgress.SILENT))
        .hasMessageStartingWith("teacher ")
        .hasMessageContaining(
            "the data file:"
                + train
                + "/: expected the same classes in the same order, found 3 and"
                + " 3 of them, the first difference at label 0 (green, blue); name a teacher");
    assertThat(folder.resolve("taught")).doesNotExist();
  }

  /** Only splits that the manifests say are of the same raw data have to have the same classes. */
  @ParameterizedTest
  @CsvSource({
    "others, false", // another data set that happens to lie there
    "drawn, true", // the raw data of the taught split
  })
  void teachComparesTheClassesOfSiblingsAlone(String input, boolean refused) throws IOException {
    renamed(SHIFTED);
    Path beside = folder.resolve("renamed/_manifest.json");
    Files.writeString(beside, Files.readString(beside).replace("drawn", input));
    Files.writeString(Files.createDirectories(folder.resolve("x")).resolve("_manifest.json"), "{");
    TeachOptions options = teach(SmallSplit.CLASSES);
    if (refused) {
      assertThatThrownBy(() -> TeachJob.run(spark, options, EvaluationProgress.SILENT))
          .hasMessageContaining("classes of splits renamed and taught differ: ");
      assertThat(folder.resolve("taught")).doesNotExist();
    } else {
      TeachJob.run(spark, options, EvaluationProgress.SILENT);
      assertThat(ShardSet.open(path("taught"), HADOOP).manifest().classes())
          .isEqualTo(SmallSplit.CLASSES);
    }
  }

  private TeachOptions teach(List<String> classes) {
    return new TeachOptions(
        model(classes),
        train,
        path("taught"),
        TeachOptions.Preparation.OF_TEACHER,
        0,
        new TeachOptions.Work(4, 0, 1, 1, "reference"));
  }

  @Test
  void everyCheckpointOfATrainingNamesItsClasses() {
    Recipe recipe = SmallSplit.recipe("schedule.epochs=1");
    TrainingResult result = run(recipe, "out");
    List<Checkpoint> written =
        List.of(
            result.checkpoint(),
            OutputFolder.load(path("out"), HADOOP, message -> {}),
            new OutputFolder(path("out"), HADOOP)
                .checkpoints(1)
                .newest(message -> {})
                .orElseThrow()
                .checkpoint());
    for (Checkpoint checkpoint : written) {
      assertThat(checkpoint.classes()).isEqualTo(SmallSplit.CLASSES);
      assertThat(checkpoint.data()).startsWith("33 samples in 3 shards, checksum ");
    }
    assertThat(Arrays.equals(written.get(1).state(), result.checkpoint().state())).isTrue();
  }
}
