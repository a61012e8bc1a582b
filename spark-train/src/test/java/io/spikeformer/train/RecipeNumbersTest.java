package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.train.recipe.RecipeReader;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers that would go through a training and ruin it. */
class RecipeNumbersTest {
  /** Every key that takes fractions, with what must be set beside it. */
  private static final List<String> KEYS =
      List.of(
          "model.neuron.tau",
          "model.neuron.threshold",
          "model.neuron.input-scale",
          "model.neuron.alpha",
          "model.neuron.attention-scale model.neuron.levels=4",
          "data.events.scale model.channels=2 data.input=events",
          "data.training.horizontal-flip",
          "data.training.random-erasing",
          "data.training.events.horizontal-flip",
          "data.training.events.drop",
          "optimizer.weight-decay",
          "optimizer.beta1",
          "optimizer.beta2",
          "optimizer.epsilon",
          "optimizer.momentum optimizer.name=sgd",
          "optimizer.warm-up-momentum optimizer.name=sgd",
          "optimizer.warm-up-bias-rate optimizer.name=sgd",
          "optimizer.max-gradient-norm",
          "optimizer.max-trust-ratio",
          "optimizer.neck-rate",
          "optimizer.head-rate",
          "schedule.warm-up-epochs",
          "schedule.warm-up-start",
          "schedule.base-rate",
          "schedule.min-rate",
          "schedule.power",
          "loss.label-smoothing",
          "loss.yolo.box",
          "loss.yolo.objectness",
          "loss.yolo.classes",
          "distillation.weight",
          "distillation.temperature",
          "averaging.outer.momentum",
          "averaging.outer.rate",
          "watch.silent-below",
          "watch.saturated-above");

  static Stream<Arguments> faults() {
    Stream<String> lists =
        Stream.of("data.mean", "data.std").flatMap(key -> values("[0.5, %s, 0.5]", key));
    Stream<String> pairs =
        Stream.of("data.training.scale", "data.training.ratio")
            .flatMap(key -> values("[%s, 1]", key));
    Stream<String> jitter =
        values("[0, 0, %s]", "data.training.colour-jitter data.training.rand-augment=none");
    Stream<String> single = KEYS.stream().flatMap(key -> values("%s", key));
    return Stream.of(lists, pairs, jitter, single).flatMap(all -> all).map(Arguments::of);
  }

  private static Stream<String> values(String form, String keyAndRest) {
    String[] parts = keyAndRest.split(" ", 2);
    String rest = parts.length == 1 ? "" : " " + parts[1];
    return Stream.of(".nan", ".inf", "-.inf", "'NaN'", "'Infinity'", "1e999")
        .map(value -> parts[0] + "=" + String.format(Locale.ROOT, form, value) + rest);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatIsNoFiniteNumberIsRefusedEverywhere(String overrides) {
    // a list has blanks behind its commas
    List<String> changes = List.of(overrides.split(" (?=[a-z])"));
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("", "r.yaml", changes))
        .satisfies(
            refused -> assertThat(refused.getMessage()).contains("expected").hasLineCount(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.mean=[123.675, 116.28, 103.53] | expected means in [0, 1], of pixels in [0, 1], found [123.675, 116.28, 103.53], as of levels from 0 to 255; divide each by 255
          data.std=[58.395, 57.12, 57.375]    | expected deviations above 0 and at most 1, of pixels in [0, 1], found [58.395, 57.12, 57.375], as of levels from 0 to 255; divide each by 255
          data.mean=[-0.1, 0.5, 0.5]          | expected means in [0, 1], of pixels in [0, 1], found [-0.1, 0.5, 0.5]
          data.std=[0, 0.2, 0.2]              | expected deviations above 0 and at most 1, of pixels in [0, 1], found [0.0, 0.2, 0.2]
          data.std=[1000, 0.2, 0.2]           | expected deviations above 0 and at most 1, of pixels in [0, 1], found [1000.0, 0.2, 0.2]
          """)
  void meansAndDeviationsAreThoseOfPixelsFromZeroToOne(String override, String expected) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("", "r.yaml", List.of(override)))
        .withMessage("recipe r.yaml: normalisation: " + expected);
  }
}
