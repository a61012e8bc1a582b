package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the text of a recipe and changes on the command line are read. */
class RecipeReaderTest {
  @Test
  void textThatIsNoYamlNamesTheLine() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("seed: 1\nmodel: [", "r.yaml", List.of()))
        .withMessageStartingWith("recipe r.yaml line 2: expected YAML, found: ")
        .withMessageNotContaining("\n");
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("seed: 1\nseed: 2", "r.yaml", List.of()))
        .withMessageContaining("seed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          optimizer.lr=1   | --set optimizer.lr=1: unknown key 'optimizer.lr', expected one of name, weight-decay, decay-on, beta1, beta2, epsilon, momentum, nesterov, warm-up-momentum, warm-up-bias-rate, max-gradient-norm, max-trust-ratio, neck-rate, head-rate
          seed.x=1         | --set seed.x=1: unknown key 'seed.x', expected one of task, model, data, optimizer, freeze, schedule, loss, distillation, averaging, checkpoint, watch, recompute, initialise-from, initialise-head, seed
          averaging=1      | --set averaging=1: expected one of the keys workers, frequency, moments, intervals, statistics, transport, outer, delay, elastic of averaging
          seed             | --set seed: expected key=value
          """)
  void anImpossibleOverrideIsAOneLineError(String override, String message) {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(() -> RecipeReader.read("", "r.yaml", List.of(override)))
        .withMessage(message);
  }

  /** YAML would make a mapping, a comment or a number of them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/tmp/mein ordner: é 日本/run",
        "runs/a #2",
        "2026",
        "{a}",
        "s3a://bucket/run",
        "it's",
        "no"
      })
  void aPlaceOnTheCommandLineIsTheTextAsItStands(String place) {
    for (String key : List.of("initialise-from", "distillation.teacher")) {
      List<String> overrides =
          List.of(key + "=" + place, "model.head=distilled", "model.preset=tiny");
      Recipe recipe = RecipeReader.read("", "here", overrides);
      assertThat(key.startsWith("i") ? recipe.initialiseFrom() : recipe.distillation().teacher())
          .isEqualTo(place);
      assertThat(RecipeReader.read(recipe.toYaml(), "again", List.of())).isEqualTo(recipe);
      String quoted = key + "=\"" + place + "\"";
      assertThat(RecipeReader.read("", "here", List.of(quoted, "model.head=distilled")).toYaml())
          .contains(place);
    }
    assertThat(
            RecipeReader.read("", "here", List.of("initialise-from=a", "initialise-from=null"))
                .initialiseFrom())
        .isNull();
  }

  @Test
  void numbersMayBeWrittenInAnyUsualWay() {
    Recipe recipe =
        RecipeReader.read(
            "schedule: {base-rate: 4e-3, min-rate: 0, epochs: 15}", "here", List.of());
    assertThat(recipe.schedule().baseRate()).isEqualTo(4e-3);
    assertThat(recipe.schedule().minRate()).isZero();
  }

  @Test
  void aFrequencyIsWrittenAsItIsRead() {
    Recipe number = RecipeReader.read("averaging: {frequency: 16}", "here", List.of());
    assertThat(number.toYaml()).contains("\n  frequency: 16\n");
    String rule = "averaging.frequency={rule: quadratic, base: 4, coefficient: 0.0175}";
    Recipe quadratic = RecipeReader.read("averaging: {frequency: 16}", "here", List.of(rule));
    assertThat(quadratic.averaging().frequency()).isEqualTo(new FrequencySettings(4, 0.0175, null));
    assertThat(Recipe.fromYaml(quadratic.toYaml())).isEqualTo(quadratic);
    Recipe other =
        RecipeReader.read(quadratic.toYaml(), "here", List.of("averaging.frequency.warm-up=1"));
    assertThat(RecipeReader.differences(quadratic.toYaml(), other.toYaml()))
        .containsExactly("averaging.frequency.warm-up: null, now 1");
    assertThat(RecipeReader.differences(number.toYaml(), quadratic.toYaml()))
        .containsExactly(
            "averaging.frequency: 16, now"
                + " {\"rule\":\"quadratic\",\"base\":4,\"coefficient\":0.0175,\"warm-up\":null}");
  }

  @Test
  void differencesNameTheKeysThatHaveAnInfluence() {
    String before = Recipe.defaults().toYaml();
    String now =
        RecipeReader.read(
                "",
                "here",
                List.of(
                    "optimizer.weight-decay=0.01",
                    "averaging.workers=2",
                    "checkpoint.keep=9",
                    "averaging.elastic=true",
                    "watch.silent-below=0",
                    "recompute=block"))
            .toYaml();
    assertThat(RecipeReader.differences(before, now))
        .containsExactly("optimizer.weight-decay: null, now 0.01", "averaging.workers: 1, now 2");
  }
}
