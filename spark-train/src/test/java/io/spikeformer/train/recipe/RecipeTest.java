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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          optimizer: {lr: 1}            | recipe r.yaml: unknown key 'optimizer.lr', expected one of name, weight-decay, decay-on, beta1, beta2, epsilon, momentum, nesterov, warm-up-momentum, warm-up-bias-rate, max-gradient-norm, max-trust-ratio, neck-rate, head-rate
          epochs: 3                     | recipe r.yaml: unknown key 'epochs', expected one of task, model, data, optimizer, freeze, schedule, loss, distillation, averaging, checkpoint, watch, recompute, initialise-from, initialise-head, seed
          averaging: 3                  | recipe r.yaml: expected averaging to have the keys workers, frequency, moments, intervals, statistics, transport, outer, elastic, found 3
          data: {batch-size: many}      | recipe r.yaml: data.batch-size: expected a whole number, found the text many
          data: {batch-size: 12.5}      | recipe r.yaml: data.batch-size: expected a whole number, found 12.5
          data: {batch-size: true}      | recipe r.yaml: data.batch-size: expected a whole number, found true
          data: {batch-size: null}      | recipe r.yaml: data.batch-size: expected a whole number, found null
          data: {batch-size: 0}         | recipe r.yaml: data batch-size: expected >= 1, found 0
          data: {input: video}          | recipe r.yaml: data input: expected images or events, found 'video'
          data: {input: events}         | recipe r.yaml: model channels: expected 2 for data input events, found 3; set model.channels or data.input
          model: {preset: hardvs-18M}   | recipe r.yaml: model channels: expected 3 for data input images, found 2; set model.channels or data.input
          {model: {channels: 2}, data: {input: events, events: {scale: 0}}} | recipe r.yaml: event scale: expected a number > 0, found 0.0
          {model: {channels: 2}, data: {input: events, events: {width: 0}}} | recipe r.yaml: event frames: expected timesteps, height and width >= 1, found 1 x 224 x 0
          data: {drop-last: maybe}      | recipe r.yaml: data.drop-last: expected true or false, found the text maybe
          data: {mean: 0.5}             | recipe r.yaml: data.mean: expected a list, found 0.5
          data: {training: {size: -1}}  | recipe r.yaml: crop size: expected >= 1 pixel, found -1
          data: {training: {crop: big}} | recipe r.yaml: data training crop: expected random-resized, padded, scaled, fit, fit-or-part, mosaic or none, found 'big'
          data: {training: {interpolation: nearest}} | recipe r.yaml: interpolation: expected one of bilinear, bicubic, random, found 'nearest'
          data: {training: {rand-augment: strong}} | recipe r.yaml: rand-augment: expected none or rand with the parts -mMAGNITUDE, -nOPERATIONS, -mstdDEVIATION and -inc1, as in rand-m9-mstd0.5-inc1, found 'strong'
          data: {training: {rand-augment: rand-m12}} | recipe r.yaml: rand-augment: expected 1 operation or more, a magnitude of 0 to 10 and a deviation >= 0, found 2, 12 and 0.0
          data: {training: {random-erasing: 2}} | recipe r.yaml: random erasing: expected a probability of 0 to 1, found 2.0
          data: {training: {colour-jitter: 0.4}} | recipe r.yaml: data.training.colour-jitter: expected a list, found 0.4
          data: {training: {colour-jitter: [0.4]}} | recipe r.yaml: data training colour-jitter: expected three or four numbers, found [0.4]
          data: {training: {colour-jitter: [0.4, 0.4, 0.4]}} | recipe r.yaml: augmentation: expected rand-augment or colour-jitter, found both; set rand-augment to none or colour-jitter to [0, 0, 0, 0]
          data: {training: {events: {flip: 1}}} | recipe r.yaml: unknown key 'data.training.events.flip', expected one of horizontal-flip, crop-padding, roll, drop
          data: {training: {events: {roll: -1}}} | recipe r.yaml: event augmentation: expected probabilities of 0 to 1 and pixels >= 0, found flip 0.0, drop 0.0, crop padding 0 and roll -1
          optimizer: {momentum: 0.9}    | recipe r.yaml: optimizer: expected momentum and nesterov to be null for lamb, which has no use for them
          optimizer: {warm-up-momentum: 0.8} | recipe r.yaml: optimizer: expected warm-up-momentum and warm-up-bias-rate to be null for lamb, which has no use for them
          optimizer: {name: adamw, warm-up-bias-rate: 0.1} | recipe r.yaml: optimizer: expected warm-up-momentum and warm-up-bias-rate to be null for adamw, which has no use for them
          '{optimizer: {name: sgd, warm-up-momentum: 0.8}, schedule: {warm-up-epochs: 0}}' | recipe r.yaml: optimizer: expected warm-up-momentum and warm-up-bias-rate to be null without a warm-up, found 0.8 and null; set schedule.warm-up-epochs or schedule.warm-up-iterations
          optimizer: {name: sgd, warm-up-momentum: 1} | recipe r.yaml: optimizer warm-up-momentum: expected a number in [0, 1), found 1.0
          optimizer: {name: sgd, warm-up-bias-rate: -1} | recipe r.yaml: optimizer warm-up-bias-rate: expected a number >= 0, found -1.0
          optimizer: {name: sgd, beta1: 0.9} | recipe r.yaml: optimizer: expected beta1, beta2 and epsilon to be null for sgd, which has no use for them
          optimizer: {name: adamw, max-trust-ratio: 1} | recipe r.yaml: optimizer: expected max-trust-ratio to be null for adamw, which has no use for them
          model: {widths: [1, 2]}       | recipe r.yaml: model widths: expected four numbers, found [1, 2]
          model: {sdsa: 5}              | recipe r.yaml: sdsa: expected 1, 2, 3 or 4, found 5
          model: {neuron: {tau: 0}}     | recipe r.yaml: neuron tau: expected a number >= 1, found 0.0
          model: {neuron: {surrogate: x}} | recipe r.yaml: neuron surrogate: expected one of sigmoid, atan, triangle, rectangle, found 'x'
          model: {neuron: {levels: 0}}  | recipe r.yaml: neuron levels: expected a number from 1 to 8, found 0
          model: {neuron: {levels: 9}}  | recipe r.yaml: neuron levels: expected a number from 1 to 8, found 9
          model: {neuron: {levels: 4, surrogate: atan}} | recipe r.yaml: neuron: expected no surrogate and no alpha beside levels, whose gradient goes straight through, found one; leave both null
          model: {neuron: {normalise: false}} | recipe r.yaml: neuron: expected levels beside rounding, window, normalise or attention-scale, found none; set model.neuron.levels
          model: {neuron: {levels: 4, rounding: up}} | recipe r.yaml: neuron rounding: expected half-even or half-up, found 'up'
          model: {neuron: {levels: 4, window: wide}} | recipe r.yaml: neuron window: expected closed or open, found 'wide'
          model: {neuron: {levels: 4, attention-scale: 0}} | recipe r.yaml: neuron attention-scale: expected a number > 0, found 0.0
          model: {sdsa: 1, neuron: {levels: 4}} | recipe r.yaml: neuron levels: expected attention SDSA_3, found SDSA_1: integers can neither mask values nor have a learnable threshold
          model: {precision: float16}   | recipe r.yaml: precision: expected float32 or bfloat16, found 'float16'
          model: {preset: SEW-ResNet-50, sdsa: 1} | recipe r.yaml: model SEW-ResNet-50: expected no widths, depths, heads, stem-window, stem-stride, sdsa, semantic-fpn, mask-rcnn or yolo, which this preset fixes, found one; leave it null
          model: {stem-window: 3}       | recipe r.yaml: model stem: expected stem-window and stem-stride together, found one of them
          optimizer: {name: adam}       | recipe r.yaml: optimizer name: expected one of lamb, adamw, sgd, found 'adam'
          optimizer: {beta1: 2}         | recipe r.yaml: optimizer beta1: expected a number in [0, 1), found 2.0
          optimizer: {decay-on: biases} | recipe r.yaml: optimizer decay-on: expected weights or all, found 'biases'
          optimizer: {head-rate: 0}     | recipe r.yaml: optimizer head-rate: expected a number > 0, found 0.0
          optimizer: {neck-rate: -1}    | recipe r.yaml: optimizer neck-rate: expected a number > 0, found -1.0
          optimizer: {neck-rate: 2}     | recipe r.yaml: optimizer neck-rate: expected 1 for model 15M, which has no neck, found 2.0
          schedule: {base-rate: 0}      | recipe r.yaml: schedule rate: expected > 0, found 0.0
          schedule: {warm-up-epochs: 201} | recipe r.yaml: schedule warm-up-epochs: expected 0 to 200, found 201.0
          schedule: {warm-up-epochs: null} | recipe r.yaml: schedule warm-up-epochs: expected 0 to 200, found null
          schedule: {epochs: null}      | recipe r.yaml: schedule: expected epochs or iterations, found neither
          schedule: {iterations: 9}     | recipe r.yaml: schedule: expected epochs and warm-up-epochs null with iterations, found 200 and 10.0; set schedule.epochs=null and schedule.warm-up-epochs=null
          schedule: {warm-up-iterations: 9} | recipe r.yaml: schedule: expected warm-up-iterations null and warm-up-start 0 without iterations, found 9 and 0.0; set schedule.iterations, or use warm-up-epochs
          schedule: {iterations: 0, epochs: null, warm-up-epochs: null} | recipe r.yaml: schedule iterations: expected >= 1, found 0
          schedule: {iterations: 9, epochs: null, warm-up-epochs: null, warm-up-iterations: 1} | recipe r.yaml: schedule warm-up-iterations: expected null or 2 to 9, found 1
          schedule: {iterations: 9, epochs: null, warm-up-epochs: null, warm-up-iterations: 2, warm-up-start: 1.5} | recipe r.yaml: schedule warm-up-start: expected a share in [0, 1], found 1.5
          schedule: {iterations: 9, epochs: null, warm-up-epochs: null, warm-up-start: 0.5} | recipe r.yaml: schedule warm-up-start: expected 0 without warm-up-iterations, found 0.5
          freeze: {stages: -1}          | recipe r.yaml: freeze stages: expected >= 0, found -1
          freeze: {stages: 5}           | recipe r.yaml: freeze stages: expected 0 to 4 for model 15M, found 5
          {freeze: {stages: 1}, model: {preset: Spikformer-8-512}} | recipe r.yaml: freeze stages: expected 0 to 0 for model Spikformer-8-512, found 1
          freeze: {normalisation: all}  | recipe r.yaml: freeze normalisation: expected none or statistics, found 'all'
          schedule: {scaling: root}     | recipe r.yaml: schedule scaling: expected none or linear, found 'root'
          loss: {label-smoothing: 1}    | recipe r.yaml: loss label-smoothing: expected a number in [0, 1), found 1.0
          task: segmentation            | recipe r.yaml: loss label-smoothing: expected 0 for task segmentation, found 0.1; set loss.label-smoothing=0
          '{task: segmentation, loss: {label-smoothing: 0}}' | recipe r.yaml: model 15M for task segmentation: expected a Semantic FPN, found a head that gives one class; set model.semantic-fpn.neck-width, or a preset that has one
          '{task: detection, loss: {label-smoothing: 0}}' | recipe r.yaml: model 15M for task detection: expected a Mask R-CNN or a YOLO, found a head that gives one class; set model.mask-rcnn.neck-width or model.yolo.widths, or a preset that has one
          '{task: segmentation, loss: {label-smoothing: 0}, model: {preset: coco-maskrcnn-15m}}' | recipe r.yaml: model coco-maskrcnn-15m for task segmentation: expected a Semantic FPN, found a Mask R-CNN; set task=detection, or a preset that has one
          model: {preset: coco-maskrcnn-55m} | recipe r.yaml: model coco-maskrcnn-55m for task classification: expected a head that gives one class, found a Mask R-CNN; set task=detection
          task: detection               | recipe r.yaml: loss label-smoothing: expected 0 for task detection, found 0.1; set loss.label-smoothing=0
          model: {preset: ade20k-16m}   | recipe r.yaml: model ade20k-16m for task classification: expected a head that gives one class, found a Semantic FPN; set task=segmentation
          loss: {divisor: some}         | recipe r.yaml: loss divisor: expected all or valid, found 'some'
          averaging: {workers: 0}       | recipe r.yaml: averaging workers: expected >= 1, found 0
          averaging: {frequency: 0}     | recipe r.yaml: averaging frequency: expected >= 1, found 0
          averaging: {frequency: null}  | recipe r.yaml: averaging frequency: expected a number or a rule, found nothing
          averaging: {frequency: often} | recipe r.yaml: averaging frequency: expected a whole number, or {rule: quadratic, base: STEPS, coefficient: NUMBER}, found "often"
          averaging: {frequency: 1.5}   | recipe r.yaml: averaging frequency: expected a whole number, or {rule: quadratic, base: STEPS, coefficient: NUMBER}, found 1.5
          averaging: {frequency: {rule: cubic, base: 4, coefficient: 1}} | recipe r.yaml: averaging frequency rule: expected quadratic, found 'cubic'
          averaging: {frequency: {rule: quadratic, base: 4, alpha: 1}} | recipe r.yaml: averaging frequency: expected the keys rule, base, coefficient, warm-up, found [alpha]
          averaging: {frequency: {rule: quadratic, coefficient: 1}} | recipe r.yaml: averaging frequency base: expected a whole number, found nothing
          averaging: {frequency: {rule: quadratic, base: 0, coefficient: 1}} | recipe r.yaml: averaging frequency base: expected >= 1, found 0
          averaging: {frequency: {rule: quadratic, base: 4}} | recipe r.yaml: averaging frequency coefficient: expected a number > 0, found nothing
          averaging: {frequency: {rule: quadratic, base: 4, coefficient: 0}} | recipe r.yaml: averaging frequency coefficient: expected a number > 0, found 0.0
          averaging: {frequency: {rule: quadratic, base: 4, coefficient: 1, warm-up: 0}} | recipe r.yaml: averaging frequency warm-up: expected null or >= 1, found 0
          {averaging: {frequency: {rule: quadratic, base: 4, coefficient: 1}}, schedule: {decay: constant, scaling: none}} | recipe r.yaml: averaging frequency quadratic: expected a learning rate that falls, found 6.0E-4 throughout; set averaging.frequency to a number, or another schedule.decay or min-rate
          {averaging: {frequency: {rule: quadratic, base: 4, coefficient: 1}}, schedule: {min-rate: 6e-4, scaling: none}} | recipe r.yaml: averaging frequency quadratic: expected a learning rate that falls, found 6.0E-4 throughout; set averaging.frequency to a number, or another schedule.decay or min-rate
          averaging: {moments: keep}    | recipe r.yaml: averaging moments: expected one of average, reset, local, found 'keep'
          averaging: {moments: local}   | recipe r.yaml: averaging moments local: expected checkpoint.every-rounds from 1 to 50, since the moments of a lost executor are computed again from the last checkpoint, found 0
          averaging: {intervals: {first-moment: 3, second-moment: 6}} | recipe r.yaml: averaging intervals: expected checkpoint.every-rounds from 1 to 50, since the moments of a lost executor are computed again from the last checkpoint, found 0
          averaging: {intervals: {first-moment: 0}} | recipe r.yaml: averaging intervals first-moment: expected >= 1, found 0
          averaging: {intervals: {first-moment: 3, second-moment: 4}} | recipe r.yaml: averaging intervals second-moment: expected a multiple of first-moment = 3, found 4
          averaging: {intervals: {second-moment: 2}, moments: reset} | recipe r.yaml: averaging intervals: expected moments average, found reset; set averaging.moments=average, or both intervals to 1
          averaging: {statistics: local} | recipe r.yaml: averaging statistics: expected average, found 'local': validation and inference read one set of statistics, and the mean of running means is the running mean of the workers' means
          averaging: {transport: half}  | recipe r.yaml: averaging transport: expected float32 or bfloat16, found 'half'
          averaging: {outer: {momentum: 1}} | recipe r.yaml: averaging outer momentum: expected a number in [0, 1), found 1.0
          averaging: {outer: {rate: 0}} | recipe r.yaml: averaging outer rate: expected a number > 0, found 0.0
          averaging: {outer: {nesterov: true}} | recipe r.yaml: averaging outer nesterov: expected false without momentum, found true; set averaging.outer.momentum
          averaging: {outer: 1}         | recipe r.yaml: expected averaging.outer to have the keys momentum, rate, nesterov, found 1
          averaging: {elastic: some}    | recipe r.yaml: averaging.elastic: expected true or false, found the text some
          distillation: {mode: firm}    | recipe r.yaml: distillation mode: expected hard or soft, found 'firm'
          distillation: {weight: 0}     | recipe r.yaml: distillation weight: expected a number in (0, 1], found 0.0
          distillation: {temperature: 0} | recipe r.yaml: distillation temperature: expected a number > 0, found 0.0
          distillation: {teacher: t}    | recipe r.yaml: distillation teacher: expected model.head distilled, found plain; set model.head=distilled
          recompute: all                | recipe r.yaml: recompute: expected none or block, found 'all'
          watch: {silent-below: 1}      | recipe r.yaml: watch silent-below: expected a rate in [0, 1), found 1.0
          watch: {saturated-above: 0}   | recipe r.yaml: watch saturated-above: expected a rate above silent-below = 0.001 and at most 1, found 0.0
          checkpoint: {keep: 0}         | recipe r.yaml: checkpoint keep: expected >= 1, found 0
          """)
  void anImpossibleRecipeIsAOneLineError(String yaml, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read(yaml, "r.yaml", List.of()))
        .withMessage(message);
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
