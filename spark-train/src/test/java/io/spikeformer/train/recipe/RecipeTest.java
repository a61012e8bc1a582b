package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spikeformer.common.UserException;
import io.spikeformer.data.augment.ColourJitter;
import io.spikeformer.data.augment.EventAugmentation;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.augment.InterpolationChoice;
import io.spikeformer.data.augment.RandAugment;
import io.spikeformer.data.augment.RandomErasing;
import io.spikeformer.data.batch.EventConfig;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.PixelNormalisation;
import io.spikeformer.data.geometry.Crop;
import io.spikeformer.data.sample.ContentKind;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.checkpoint.EpochTotals;
import io.spikeformer.model.checkpoint.TrainingPosition;
import io.spikeformer.model.config.BaselineConfig;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.IntegerFiring.Rounding;
import io.spikeformer.model.config.IntegerFiring.Window;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.config.Surrogate;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.tasks.LossDivisor;
import io.spikeformer.tasks.LossSettings;
import io.spikeformer.train.DataIdentity;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.StartingPoint;
import io.spikeformer.train.output.CheckpointStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RecipeTest {
  @Test
  void theDefaultsAreThePapersDirectTraining() {
    Recipe recipe = Recipe.defaults();
    assertThat(recipe.model().toConfig()).isEqualTo(MetaSpikeFormerConfig.preset("15M"));
    assertThat(recipe.optimizer().toConfig())
        .isEqualTo(new OptimizerConfig(OptimizerName.LAMB, 0.05, 0.9, 0.999, 1e-6, 0, false, 1, 1));
    assertThat(recipe.schedule())
        .isEqualTo(
            new ScheduleSettings("cosine", 200, null, 10.0, null, 0, 6e-4, "linear", 1e-6, 0.9));
    assertThat(recipe.data().trainingTransform().crop())
        .isEqualTo(new Crop.RandomResized(224, 0.08, 1, 0.75, 4.0 / 3));
    assertThat(recipe.data().trainingTransform().flipProbability()).isEqualTo(0.5);
    assertThat(recipe.data().trainingTransform().augmentation())
        .isEqualTo(
            new ImageAugmentation(
                InterpolationChoice.BICUBIC,
                new RandAugment(2, 9, 0.5, true),
                ColourJitter.NONE,
                new RandomErasing(0.25)));
    assertThat(recipe.data().eventAugmentation()).isEqualTo(EventAugmentation.NONE);
    assertThat(recipe.data().trainingTransform().padding()).isEqualTo(PaddingColour.BLACK);
    assertThat(recipe.data().evaluationTransform().augmentation())
        .isEqualTo(ImageAugmentation.NONE);
    assertThat(recipe.data().evaluationTransform().crop()).isEqualTo(new Crop.Centre(224, 256));
    assertThat(recipe.data().evaluationTransform().normalisation())
        .isEqualTo(PixelNormalisation.IMAGENET);
    assertThat(recipe.data().batchSize()).isEqualTo(196);
    assertThat(recipe.data().dropLast()).isTrue();
    assertThat(recipe.data().shuffleGroup()).isEqualTo(8);
    assertThat(recipe.loss()).isEqualTo(new LossSettings(0.1, LossDivisor.ALL));
    assertThat(recipe.averaging())
        .isEqualTo(
            new AveragingSettings(
                1,
                FrequencySettings.every(1),
                "average",
                IntervalSettings.EVERY_ROUND,
                "average",
                "float32",
                OuterSettings.NONE,
                0,
                false));
    assertThat(recipe.checkpoint()).isEqualTo(new CheckpointSettings(0, 3));
    assertThat(recipe.watch()).isEqualTo(new WatchSettings(0.001, 0.95));
    assertThat(recipe.recomputation()).isEqualTo(Recompute.NONE);
    assertThat(recipe.initialiseFrom()).isNull();
    assertThat(recipe.initialHead()).isEqualTo(InitialHead.TRAINED);
    assertThat(recipe.seed()).isZero();
  }

  @Test
  void eightWorkersOfTheDefaultsGiveThePapersRate() {
    Recipe recipe = RecipeReader.read("averaging: {workers: 8}", "here", List.of());
    assertThat(recipe.samplesPerStep()).isEqualTo(1568);
    assertThat(recipe.schedule().toSchedule(816, 1568).peak()).isEqualTo(6e-4 * 1568 / 256);
  }

  @Test
  void otherNetworksAreRecipesToo() {
    Recipe recipe =
        RecipeReader.read(
            "model: {preset: SEW-ResNet-50, timesteps: 2, classes: 10, precision: bfloat16}",
            "here",
            List.of());
    assertThat(recipe.model().toConfig())
        .isEqualTo(
            BaselineConfig.preset("SEW-ResNet-50")
                .withTimesteps(2)
                .withData(3, 10)
                .withPrecision(Precision.BFLOAT16));
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
    assertThatThrownBy(
            () -> RecipeReader.read("model: {preset: 99M}", "r.yaml", List.of()).model().toConfig())
        .hasMessageContaining("preset: expected one of 15M, 31M, 55M, hardvs-18M, tiny, ade20k-16m")
        .hasMessageEndingWith("SDT-V1-8-768, found '99M'");
  }

  @Test
  void aRecipeSurvivesItsOwnText() {
    Recipe recipe =
        RecipeReader.read(
            "model: {preset: tiny, sdsa: 4, neuron: {surrogate: atan, detach-reset: false}}\n"
                + "initialise-from: s3a://bucket/run",
            "here",
            List.of("optimizer.weight-decay=0.01", "seed=7", "data.std=[0.5, 0.5, 0.25]"));
    assertThat(recipe.model().toConfig().neuron())
        .isEqualTo(new NeuronConfig(2, 1, 1, Surrogate.ATAN, 4, false));
    assertThat(recipe.optimizer().toConfig().weightDecay()).isEqualTo(0.01);
    assertThat(recipe.data().std()).containsExactly(0.5, 0.5, 0.25);
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
  }

  @Test
  void anESpikeFormerKeepsItsNeuronsExceptForWhatIsSet() {
    Recipe recipe =
        RecipeReader.read(
            "model: {preset: e-spikeformer-5m, neuron: {levels: 8, window: open}}",
            "here",
            List.of());
    assertThat(recipe.model().toConfig().neuron().integers())
        .isEqualTo(new IntegerFiring(8, Rounding.HALF_EVEN, Window.OPEN, true, 2));
  }

  @Test
  void aNeuronOfIntegersTakesItsOwnDefaults() {
    assertThat(neuron("levels: 4")).isEqualTo(NeuronConfig.integer(4));
    NeuronConfig all =
        neuron(
            "levels: 8, rounding: half-up, window: open, normalise: false, attention-scale: 0.5,"
                + " tau: 2, threshold: 0.5, input-scale: 0.25, detach-reset: false");
    assertThat(all)
        .isEqualTo(
            new NeuronConfig(
                2,
                0.5,
                0.25,
                Surrogate.SIGMOID,
                4,
                false,
                new IntegerFiring(8, Rounding.HALF_UP, Window.OPEN, false, 0.5)));
  }

  private static NeuronConfig neuron(String keys) {
    Recipe recipe =
        RecipeReader.read("model: {preset: tiny, neuron: {" + keys + "}}", "here", List.of());
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
    return recipe.model().toConfig().neuron();
  }

  @Test
  void theCifarRecipesAreTheOraclesTraining() throws IOException {
    Recipe first = shipped("cifar10-tiny-t1.yaml");
    assertThat(first.model().toConfig()).isEqualTo(MetaSpikeFormerConfig.preset("tiny"));
    assertThat(first.optimizer().toConfig())
        .isEqualTo(
            new OptimizerConfig(OptimizerName.ADAMW, 0.05, 0.9, 0.999, 1e-8, 0, false, 0, 1));
    assertThat(first.schedule().toSchedule(390, 128))
        .isEqualTo(new Schedule(Schedule.Decay.COSINE, 4e-3, 0, 390, 5850, 0.9));
    assertThat(first.loss().labelSmoothing()).isEqualTo(0.1);
    assertThat(first.data().trainingTransform().crop()).isEqualTo(new Crop.Padded(32, 4));
    assertThat(first.data().trainingTransform().normalisation())
        .isEqualTo(PixelNormalisation.CIFAR10);
    assertThat(first.data().evaluationTransform().crop()).isEqualTo(new Crop.Whole(32));
    Recipe second = shipped("cifar10-tiny-t4.yaml");
    assertThat(second.model().toConfig())
        .isEqualTo(MetaSpikeFormerConfig.preset("tiny").withTimesteps(4));
    assertThat(second.schedule().baseRate()).isLessThan(first.schedule().baseRate() / 5);
  }

  @Test
  void theHarDvsRecipeSeesEightFramesOfTwoChannels() throws IOException {
    Recipe recipe = shipped("hardvs-18m-t8.yaml");
    assertThat(recipe.model().toConfig())
        .isEqualTo(
            MetaSpikeFormerConfig.preset("hardvs-18M").toBuilder()
                .precision(Precision.BFLOAT16)
                .build());
    assertThat(recipe.trainingInput()).isEqualTo(new EventConfig(8, 224, 224, 1));
    assertThat(recipe.evaluationInput()).isEqualTo(recipe.trainingInput());
    assertThat(recipe.data().evaluationInput(4)).isEqualTo(new EventConfig(4, 224, 224, 1));
    assertThat(recipe.schedule())
        .isEqualTo(
            new ScheduleSettings("cosine", 200, null, 10.0, null, 0, 6e-4, "linear", 1e-6, 0.9));
  }

  @Test
  void aCheckpointFromBeforeTheAugmentationKeysIsOfTheSameTraining() throws IOException {
    Recipe recipe = shipped("cifar10-tiny-t1.yaml");
    String before = SmallSplit.beforeAugmentation(recipe);
    assertThat(before).doesNotContain("augment", "jitter", "erasing", "interpolation", "roll");
    CheckpointStore.Stored stored = stored(recipe, before);
    DataIdentity data = new DataIdentity("data", null);
    assertThat(StartingPoint.resumed(stored, recipe, data, List.of()).position().step())
        .isEqualTo(390);
    Recipe withDefaults = RecipeReader.read(before, "of that time", List.of());
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> StartingPoint.resumed(stored, withDefaults, data, List.of()))
        .withMessageContaining(
            "differs: data.training.rand-augment: none, now rand-m9-mstd0.5-inc1;"
                + " data.training.random-erasing: 0.0, now 0.25; train into another folder");
  }

  private static CheckpointStore.Stored stored(Recipe recipe, String text) {
    return new CheckpointStore.Stored(
        new org.apache.hadoop.fs.Path("epoch-00001-round-000000.spkf"),
        new Checkpoint(
            recipe.model().toConfig(),
            new TrainingPosition(1, 0, 390, EpochTotals.EMPTY),
            text,
            "data",
            List.of(),
            new float[1],
            List.of(new float[1], new float[1])));
  }

  @Test
  void augmentationOfAnotherTaskIsRefused() {
    Recipe.defaults().data().requireAugmentationOf(ContentKind.IMAGE);
    DataSettings events =
        RecipeReader.read("data: {training: {events: {roll: 3}}}", "r.yaml", List.of()).data();
    events.requireAugmentationOf(ContentKind.EVENTS);
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> events.requireAugmentationOf(ContentKind.IMAGE))
        .withMessage(
            "data training: expected events.horizontal-flip, events.crop-padding, events.roll and"
                + " events.drop 0 for data of images, found others; set them so"
                + " with data.training.events.KEY");
  }

  @Test
  void everyValueIsExplainedByWhereItComesFrom() {
    List<RecipeValue> values =
        RecipeReader.explain(
            "schedule: {epochs: 3, base-rate: 0.1}\ndata: {training: {events: {roll: 1}}}",
            "here",
            List.of("averaging.workers=2", "schedule.epochs=4"));
    assertThat(values)
        .contains(
            new RecipeValue("schedule.epochs", "4", RecipeValue.Source.FLAG),
            new RecipeValue("averaging.workers", "2", RecipeValue.Source.FLAG),
            new RecipeValue("schedule.base-rate", "0.1", RecipeValue.Source.FILE),
            new RecipeValue("data.training.events.roll", "1", RecipeValue.Source.FILE),
            new RecipeValue("data.training.events.drop", "0", RecipeValue.Source.DEFAULT),
            new RecipeValue("model.classes", "null", RecipeValue.Source.DEFAULT));
    assertThat(values).extracting(RecipeValue::key).doesNotHaveDuplicates().hasSizeGreaterThan(80);
  }

  @Test
  void everyKeyIsInTheDocumentation() throws IOException {
    String page = Files.readString(root().resolve("docs/recipes.md"));
    Matcher keys = Pattern.compile("(?m)^ *([a-z0-9-]+): +[^ #]").matcher(defaultsText());
    int found = 0;
    while (keys.find()) {
      assertThat(page).containsPattern("[`.]" + keys.group(1) + "`");
      found++;
    }
    assertThat(found).isGreaterThan(80);
  }

  private static String defaultsText() throws IOException {
    try (InputStream in = Recipe.class.getResourceAsStream("recipe-defaults.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("spikeformer.root"));
  }

  private static Recipe shipped(String name) throws IOException {
    Path file = root().resolve("conf/recipes").resolve(name);
    return RecipeReader.read(Files.readString(file), name, List.of());
  }
}
