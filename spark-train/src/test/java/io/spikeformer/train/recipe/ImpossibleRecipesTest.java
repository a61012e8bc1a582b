package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes that are refused, with what is said of them. */
class ImpossibleRecipesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          optimizer: {lr: 1}            | recipe r.yaml: unknown key 'optimizer.lr', expected one of name, weight-decay, decay-on, beta1, beta2, epsilon, momentum, nesterov, warm-up-momentum, warm-up-bias-rate, max-gradient-norm, max-trust-ratio, neck-rate, head-rate
          epochs: 3                     | recipe r.yaml: unknown key 'epochs', expected one of task, model, data, optimizer, freeze, schedule, loss, distillation, averaging, checkpoint, watch, recompute, initialise-from, initialise-head, seed
          averaging: 3                  | recipe r.yaml: expected averaging to have the keys workers, frequency, moments, intervals, statistics, transport, outer, delay, elastic, found 3
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
          averaging: {transport: half}  | recipe r.yaml: averaging transport: expected one of float32, bfloat16, int8, int4, found 'half'
          averaging: {outer: {momentum: 1}} | recipe r.yaml: averaging outer momentum: expected a number in [0, 1), found 1.0
          averaging: {outer: {rate: 0}} | recipe r.yaml: averaging outer rate: expected a number > 0, found 0.0
          averaging: {outer: {nesterov: true}} | recipe r.yaml: averaging outer nesterov: expected false without momentum, found true; set averaging.outer.momentum
          averaging: {outer: 1}         | recipe r.yaml: expected averaging.outer to have the keys momentum, rate, nesterov, found 1
          averaging: {delay: 2}         | recipe r.yaml: averaging delay: expected 0 or 1, found 2
          averaging: {delay: -1}        | recipe r.yaml: averaging delay: expected 0 or 1, found -1
          averaging: {delay: 1, moments: reset} | recipe r.yaml: averaging delay: expected 0 with moments reset, whose rounds begin anew with the mean, found 1; set averaging.delay=0, or averaging.moments=average or local
          averaging: {delay: 1, workers: 2} | recipe r.yaml: averaging delay: expected checkpoint.every-rounds from 1 to 50, since the states of a lost executor are computed again from the last checkpoint, found 0
          averaging: {delay: 1, transport: int8} | recipe r.yaml: averaging delay: expected 0 with transport int8, whose integers are differences from a start that all workers have in common, found 1; set averaging.delay=0, or averaging.transport=float32 or bfloat16
          averaging: {transport: int4, workers: 2} | recipe r.yaml: averaging transport int4: expected checkpoint.every-rounds from 1 to 50, since the rests of a lost executor are computed again from the last checkpoint, found 0
          averaging: {transport: int8, workers: 2, moments: local} | recipe r.yaml: averaging moments local: expected checkpoint.every-rounds from 1 to 50, since the moments of a lost executor are computed again from the last checkpoint, found 0
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
}
