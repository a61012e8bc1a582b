package io.spikeformer.train.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalSettingsTest {
  @ParameterizedTest
  @CsvSource({
    "lamb, 3, 6, 1 1 1 2 1 1 3 1, 1.5",
    "adamw, 1, 2, 1 2 3 2 3 2 3 2, 2.5",
    "sgd, 2, 2, 1 1 2 1 2 1 2 1, 1.5",
    "adamw, 1, 1, 3 3 3 3 3 3 3 3, 3"
  })
  void momentsAreAveragedAfterSoManyRounds(
      String optimizer, int first, int second, String vectors, double mean) {
    Recipe recipe =
        RecipeReader.read(
            "checkpoint: {every-rounds: 5}",
            "here",
            List.of(
                "optimizer.name=" + optimizer,
                "averaging.intervals.first-moment=" + first,
                "averaging.intervals.second-moment=" + second));
    assertThat(IntStream.range(0, 8).mapToObj(round -> "" + recipe.averagedVectors(round)))
        .containsExactly(vectors.split(" "));
    assertThat(recipe.meanVectors()).isEqualTo(mean);
  }
}
