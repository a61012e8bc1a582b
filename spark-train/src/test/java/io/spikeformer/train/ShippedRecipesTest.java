package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.data.augment.HsvGains;
import io.spikeformer.data.augment.ImageAugmentation;
import io.spikeformer.data.batch.PaddingColour;
import io.spikeformer.data.batch.TransformConfig;
import io.spikeformer.data.geometry.Letterbox;
import io.spikeformer.data.geometry.Mosaic;
import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.MaskRcnn;
import io.spikeformer.model.config.MetaSpikeFormerConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import io.spikeformer.model.optim.ParameterGroups;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.model.optim.StepRates;
import io.spikeformer.model.optim.WarmUp;
import io.spikeformer.tasks.Tasks;
import io.spikeformer.tasks.YoloWeights;
import io.spikeformer.train.recipe.DistillationSettings;
import io.spikeformer.train.recipe.FrequencySettings;
import io.spikeformer.train.recipe.Recipe;
import io.spikeformer.train.recipe.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of conf/recipes that decide what a training reaches. */
class ShippedRecipesTest {
  private static final int IMAGENET = 1_281_167;

  static Stream<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyRecipeCanBeReadAndNamesItsModelAndTimesteps(String name) throws IOException {
    Recipe recipe = read(name);
    NetworkConfig model = recipe.model().toConfig();
    IntegerFiring integers = model.neuron().integers();
    assertThat(name)
        .endsWith(
            (integers == null ? "-t" + model.timesteps() : "-i" + integers.levels()) + ".yaml");
    boolean ofClasses = recipe.task().equals(Tasks.CLASSIFICATION);
    assertThat(recipe.loss().labelSmoothing()).isEqualTo(ofClasses ? 0.1 : 0);
    assertThat(Recipe.fromYaml(recipe.toYaml())).isEqualTo(recipe);
    boolean ofImages = recipe.data().input().equals("images");
    if (ofImages && ofClasses && !name.startsWith("imagenet")) {
      assertThat(recipe.data().trainingTransform().augmentation())
          .isEqualTo(ImageAugmentation.NONE);
    }
  }

  @Test
  void theFilesAreThese() throws IOException {
    assertThat(names())
        .contains(
            "ade20k-16m-t1.yaml",
            "ade20k-16m-t4.yaml",
            "ade20k-58m-t1.yaml",
            "ade20k-58m-t4.yaml",
            "cifar10-tiny-i4.yaml",
            "cifar10-tiny-i8.yaml",
            "cifar10-tiny-t1.yaml",
            "cifar10-tiny-t4.yaml",
            "coco-maskrcnn-15m-t1.yaml",
            "coco-maskrcnn-15m-t4.yaml",
            "coco-maskrcnn-55m-t1.yaml",
            "coco-maskrcnn-55m-t4.yaml",
            "coco-yolo-16m-t1.yaml",
            "coco-yolo-16m-t4.yaml",
            "hardvs-18m-i4.yaml",
            "hardvs-18m-t8.yaml",
            "hardvs-e-spikeformer-19m-i4.yaml",
            "imagenet-15m-i4.yaml",
            "imagenet-15m-t1.yaml",
            "imagenet-15m-t4.yaml",
            "imagenet-31m-t1.yaml",
            "imagenet-31m-t4.yaml",
            "imagenet-55m-distilled-t1.yaml",
            "imagenet-55m-distilled-t4.yaml",
            "imagenet-55m-i4.yaml",
            "imagenet-55m-t1.yaml",
            "imagenet-55m-t4.yaml",
            "imagenet-e-spikeformer-10m-i4.yaml",
            "imagenet-e-spikeformer-19m-i4.yaml",
            "imagenet-e-spikeformer-5m-i4.yaml",
            "quickstart-t1.yaml",
            "quickstart-t4.yaml",
            "shapes-detection-tiny-t1.yaml",
            "shapes-detection-tiny-t4.yaml",
            "shapes-segmentation-tiny-t1.yaml",
            "shapes-segmentation-tiny-t4.yaml",
            "shapes-yolo-tiny-t1.yaml",
            "shapes-yolo-tiny-t4.yaml",
            "voc2012-16m-t1.yaml",
            "voc2012-16m-t4.yaml",
            "voc2012-58m-t1.yaml",
            "voc2012-58m-t4.yaml");
  }

  /** Integers change the neuron; V3's trainings also change the batch, the rate and the warm-up. */
  @ParameterizedTest
  @CsvSource({
    "cifar10-tiny-i4, cifar10-tiny-t1, 4, false, 128, 4e-3",
    "cifar10-tiny-i8, cifar10-tiny-t1, 8, false, 128, 4e-3",
    "imagenet-15m-i4, imagenet-15m-t1, 4, true, 2048, 4.8e-3",
    "imagenet-55m-i4, imagenet-55m-t1, 4, true, 2048, 4.8e-3"
  })
  void integersAreTrainedAtOneTimestep(
      String name, String binary, int levels, boolean normalise, int samples, double rate)
      throws IOException {
    Recipe recipe = read(name + ".yaml");
    NeuronConfig neuron = recipe.model().toConfig().neuron();
    assertThat(neuron.integers().levels()).isEqualTo(levels);
    assertThat(neuron.integers().normalise()).isEqualTo(normalise);
    assertThat(recipe.model().toConfig())
        .isEqualTo(read(binary + ".yaml").model().toConfig().withNeuron(neuron));
    assertThat(recipe.samplesPerStep()).isEqualTo(samples);
    Schedule schedule = recipe.schedule().toSchedule(100, samples);
    double highest = IntStream.range(0, 600).mapToDouble(schedule::rate).max().orElseThrow();
    assertThat(highest).isCloseTo(rate, within(1e-9));
  }

  /** V3's own networks have the preset's neurons and the schedule of the 15M model's integers. */
  @ParameterizedTest
  @ValueSource(strings = {"e-spikeformer-5m", "e-spikeformer-10m", "e-spikeformer-19m"})
  void successorsAreTrainedAsTheirAuthorsDo(String preset) throws IOException {
    Recipe recipe = read("imagenet-" + preset + "-i4.yaml");
    assertThat(recipe.model().toConfig()).isEqualTo(MetaSpikeFormerConfig.preset(preset));
    Recipe other = read("imagenet-15m-i4.yaml");
    assertThat(recipe.data()).isEqualTo(other.data());
    assertThat(recipe.optimizer()).isEqualTo(other.optimizer());
    assertThat(recipe.schedule()).isEqualTo(other.schedule());
    assertThat(recipe.averaging()).isEqualTo(other.averaging());
  }

  /** Attention divides each of three integers by 8. */
  @ParameterizedTest
  @CsvSource({"hardvs-18m-i4, 0.125", "hardvs-e-spikeformer-19m-i4, 2"})
  void theIntegersOfEventsHaveNoLeakAndAreDividedInTheAttentionAlone(String name, double scale)
      throws IOException {
    Recipe recipe = read(name + ".yaml");
    assertThat(recipe.schedule().epochs()).isEqualTo(100);
    assertThat(recipe.schedule().baseRate()).isEqualTo(4e-5);
    assertThat(recipe.optimizer().toConfig().weightDecay()).isEqualTo(0.01);
    NetworkConfig network = recipe.model().toConfig();
    assertThat(network.channels()).isEqualTo(2);
    assertThat(network.classes()).isEqualTo(300);
    NeuronConfig neuron = network.neuron();
    assertThat((float) (1 - 1 / neuron.tau())).isEqualTo(1);
    assertThat(neuron.detachReset()).isFalse();
    assertThat(neuron.integers())
        .isEqualTo(
            new IntegerFiring(
                4,
                IntegerFiring.Rounding.HALF_EVEN,
                IntegerFiring.Window.CLOSED,
                false,
                scale / 512));
  }

  /** The paper's 160K iterations of 20 images, linear warm-up of 1.5K, polynomial decay of 0.9. */
  @ParameterizedTest
  @CsvSource({
    "ade20k-16m, 1, 160000, 1e-3", "ade20k-16m, 4, 160000, 1e-4",
    "ade20k-58m, 1, 160000, 1e-3", "ade20k-58m, 4, 160000, 1e-4",
    "voc2012-16m, 1, 80000, 1e-3", "voc2012-16m, 4, 80000, 1e-4",
    "voc2012-58m, 1, 80000, 1e-3", "voc2012-58m, 4, 80000, 1e-4"
  })
  void segmentationIsThePapersSchedule(String preset, int timesteps, int iterations, double rate)
      throws IOException {
    Recipe recipe = read(preset + "-t" + timesteps + ".yaml");
    assertThat(recipe.model().toConfig())
        .isEqualTo(MetaSpikeFormerConfig.preset(preset).withTimesteps(timesteps));
    assertThat(recipe.samplesPerStep()).isEqualTo(20);
    Schedule schedule = recipe.schedule().toSchedule(1000, 20);
    assertThat(schedule.rate(0)).isCloseTo(rate * 1e-6, within(1e-15));
    assertThat(schedule.rate(1499)).isCloseTo(rate, within(1e-12));
    double half = Math.pow(1 - (iterations / 2 - 1500) / (iterations - 1500 - 1.0), 0.9);
    assertThat(schedule.rate(iterations / 2)).isCloseTo(rate * half, within(1e-12));
    assertThat(schedule.rate(iterations - 1)).isCloseTo(0, within(1e-12));
    assertThat(recipe.evaluationInput().extent().batch(8)).isEqualTo(1);
    String from = timesteps == 1 ? "imagenet-" + (preset.endsWith("16m") ? "15m" : "55m") : preset;
    assertThat(recipe.initialiseFrom()).isEqualTo("output/" + from + "-t1");
  }

  /** The paper's 24 epochs of 12 images a step with a polynomial decay of 0.9. */
  @ParameterizedTest
  @CsvSource({
    "coco-maskrcnn-15m, 1, 24, 1e-4", "coco-maskrcnn-15m, 4, 12, 1e-5",
    "coco-maskrcnn-55m, 1, 24, 1e-4", "coco-maskrcnn-55m, 4, 12, 1e-5"
  })
  void detectionIsThePapersSchedule(String preset, int timesteps, int epochs, double rate)
      throws IOException {
    Recipe recipe = read(preset + "-t" + timesteps + ".yaml");
    MetaSpikeFormerConfig published = MetaSpikeFormerConfig.preset(preset);
    MaskRcnn form = ((MetaSpikeFormerConfig) recipe.model().toConfig()).maskRcnn();
    assertThat(form.norm()).isEqualTo(SemanticFpn.Norm.BATCH);
    assertThat(form.hiddenNorm()).isEqualTo(SemanticFpn.Norm.BATCH);
    assertThat(recipe.model().toConfig())
        .isEqualTo(published.toBuilder().timesteps(timesteps).maskRcnn(form).build());
    assertThat(recipe.samplesPerStep()).isEqualTo(12);
    int steps = 118_287 / 12;
    Schedule schedule = recipe.schedule().toSchedule(steps, 12);
    assertThat(schedule.totalSteps()).isEqualTo((long) epochs * steps);
    assertThat(schedule.rate(steps / 10 + 1)).isCloseTo(rate, within(1e-3 * rate));
    assertThat(recipe.trainingInput().extent().batch(2)).isEqualTo(2);
    String from = timesteps == 1 ? "imagenet-" + preset.substring(preset.length() - 3) : preset;
    assertThat(recipe.initialiseFrom()).isEqualTo("output/" + from + "-t1");
  }

  /**
   * YOLOv5's 300 epochs, whose rates are for the sum over 64 images: those for the mean over the 16
   * of each of 4 workers are 4 times as large, and the decay is a quarter.
   */
  @ParameterizedTest
  @CsvSource({"1", "4"})
  void theOneStageDetectorIsTrainedAsYolov5(int timesteps) throws IOException {
    Recipe recipe = read("coco-yolo-16m-t" + timesteps + ".yaml");
    assertThat(recipe.model().toConfig())
        .isEqualTo(MetaSpikeFormerConfig.preset("coco-yolo-16m").withTimesteps(timesteps));
    assertThat(recipe.samplesPerStep()).isEqualTo(64);
    assertThat(recipe.averaging().frequency()).isEqualTo(FrequencySettings.every(1));
    OptimizerConfig optimizer = recipe.optimizer().toConfig();
    assertThat(optimizer)
        .isEqualTo(
            new OptimizerConfig(
                OptimizerName.SGD,
                5e-4 / 4,
                0.9,
                0.999,
                1e-8,
                0.937,
                true,
                0,
                1,
                ParameterGroups.UNIFORM,
                new WarmUp(OptionalDouble.of(0.8), OptionalDouble.of(4 * 0.1))));
    int steps = 118_287 / 64;
    Schedule schedule = recipe.schedule().toSchedule(steps, 64);
    assertThat(schedule.totalSteps()).isEqualTo(300L * steps);
    assertThat(StepRates.of(optimizer, schedule, 0)).isEqualTo(new StepRates(0, 0.4, 0.8));
    assertThat(schedule.rate(3L * steps)).isCloseTo(0.04, within(1e-12));
    assertThat(schedule.rate(300L * steps)).isCloseTo(0.0004, within(1e-12));
    assertThat(recipe.loss().yolo()).isEqualTo(YoloWeights.PUBLISHED);
    TransformConfig training = recipe.data().trainingTransform();
    assertThat(training.mosaic()).contains(new Mosaic(640, 1, 0.1, 0.5));
    assertThat(training.padding()).isEqualTo(PaddingColour.GREY);
    assertThat(training.flipProbability()).isEqualTo(0.5);
    assertThat(training.augmentation().hsv()).isEqualTo(new HsvGains(0.015, 0.7, 0.4));
    assertThat(recipe.data().evaluationTransform().crop()).isEqualTo(new Letterbox(640));
    assertThat(recipe.initialiseFrom()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"15M", "31M", "55M"})
  void imagenetAtOneTimestepIsThePapersDirectTraining(String preset) throws IOException {
    Recipe recipe = read("imagenet-" + preset.toLowerCase(Locale.ROOT) + "-t1.yaml");
    assertThat(recipe.model().toConfig()).isEqualTo(MetaSpikeFormerConfig.preset(preset));
    assertThat(recipe.samplesPerStep()).isEqualTo(1568);
    requireCommon(recipe);
    int steps = steps(recipe, 817);
    Schedule schedule = recipe.schedule().toSchedule(steps, 1568);
    double peak = 6e-4 * 1568 / 256;
    assertThat(schedule.totalSteps()).isEqualTo(200L * steps);
    assertThat(schedule.rate(0)).isZero();
    assertThat(schedule.rate(10L * steps)).isEqualTo(peak).isCloseTo(3.675e-3, within(1e-12));
    assertThat(schedule.rate(105L * steps)).isCloseTo((peak + 1e-6) / 2, within(1e-12));
    double hundred = 0.5 * (1 + Math.cos(Math.PI * 90 / 190));
    assertThat(schedule.rate(100L * steps))
        .isCloseTo(1e-6 + (peak - 1e-6) * hundred, within(1e-12));
    assertThat(schedule.rate(200L * steps)).isEqualTo(1e-6);
    assertThat(recipe.initialiseFrom()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"15M", "31M", "55M"})
  void imagenetAtFourTimestepsIsThePapersFinetuning(String preset) throws IOException {
    String name = "imagenet-" + preset.toLowerCase(Locale.ROOT);
    Recipe recipe = read(name + "-t4.yaml");
    assertThat(recipe.model().toConfig())
        .isEqualTo(MetaSpikeFormerConfig.preset(preset).withTimesteps(4));
    assertThat(recipe.samplesPerStep()).isEqualTo(336);
    requireCommon(recipe);
    int steps = steps(recipe, 3812);
    Schedule schedule = recipe.schedule().toSchedule(steps, 336);
    assertThat(schedule.totalSteps()).isEqualTo(20L * steps);
    assertThat(schedule.rate(steps)).isCloseTo(2e-5 * 336 / 256 / 2, within(1e-15));
    assertThat(schedule.rate(2L * steps)).isEqualTo(2e-5 * 336 / 256);
    assertThat(schedule.rate(20L * steps)).isEqualTo(1e-6);
    assertThat(recipe.initialiseFrom()).isEqualTo("output/" + name + "-t1");
  }

  @ParameterizedTest
  @CsvSource({"1", "4"})
  void theDistilledRecipesAddTheSecondHeadAndAHardTeacherAndNothingElse(int timesteps)
      throws IOException {
    Recipe plain = read("imagenet-55m-t" + timesteps + ".yaml");
    Recipe distilled = read("imagenet-55m-distilled-t" + timesteps + ".yaml");
    assertThat(RecipeReader.differences(plain.toYaml(), distilled.toYaml()))
        .containsExactlyInAnyOrder(
            "model.head: null, now distilled", "distillation.teacher: null, now output/teacher");
    assertThat(distilled.distillation())
        .isEqualTo(new DistillationSettings("output/teacher", "hard", 0.5, 1));
  }

  /** Optimizer and augmentation are those of the defaults, which RecipeTest pins. */
  private static void requireCommon(Recipe recipe) {
    Recipe paper = Recipe.defaults();
    assertThat(recipe.optimizer().toConfig())
        .isEqualTo(new OptimizerConfig(OptimizerName.LAMB, 0.05, 0.9, 0.999, 1e-6, 0, false, 1, 1));
    assertThat(recipe.data().trainingTransform()).isEqualTo(paper.data().trainingTransform());
    assertThat(recipe.data().evaluationTransform()).isEqualTo(paper.data().evaluationTransform());
    assertThat(recipe.averaging().frequency()).isEqualTo(FrequencySettings.every(1));
  }

  /** Optimizer steps of an epoch of ImageNet in 1024 shards. */
  private static int steps(Recipe recipe, int expected) {
    int[] rows = new int[1024];
    for (int shard = 0; shard < rows.length; shard++) {
      rows[shard] = IMAGENET / rows.length + (shard < IMAGENET % rows.length ? 1 : 0);
    }
    EpochPlan plan = new EpochPlan(recipe, rows);
    assertThat(plan.steps()).isEqualTo(expected).isEqualTo(plan.length().roundsOf(0));
    return plan.steps();
  }

  private static Path folder() {
    return Path.of(System.getProperty("spikeformer.root")).resolve("conf/recipes");
  }

  private static Recipe read(String name) throws IOException {
    return RecipeReader.read(Files.readString(folder().resolve(name)), name, List.of());
  }
}
