package io.spikeformer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.common.UserException;
import io.spikeformer.data.order.SampleRef;
import io.spikeformer.model.optim.Schedule;
import io.spikeformer.train.recipe.FrequencySettings;
import io.spikeformer.train.recipe.Recipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpochPlanTest {
  private static final int[] ROWS = {11, 11, 11};

  @Test
  void roundsCutAWorkersOrderWithoutGapsAndTheLastMayBeShort() {
    Recipe recipe = SmallSplit.recipe("averaging.workers=1", "averaging.frequency=3");
    EpochPlan plan = new EpochPlan(recipe, ROWS);
    assertThat(plan.steps()).isEqualTo(8);
    assertThat(plan.length().roundsOf(0)).isEqualTo(3);
    assertThat(
            List.of(
                plan.length().steps(0, 0), plan.length().steps(0, 1), plan.length().steps(1, 2)))
        .containsExactly(3, 3, 2);
    List<SampleRef> all = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      all.addAll(plan.samples(0, 1, round));
    }
    EpochPlan whole = new EpochPlan(SmallSplit.recipe("averaging.workers=1"), ROWS);
    List<SampleRef> same = new ArrayList<>();
    for (int round = 0; round < whole.length().roundsOf(1); round++) {
      same.addAll(whole.samples(0, 1, round));
    }
    assertThat(all).hasSize(32).doesNotHaveDuplicates().isEqualTo(same);
    assertThat(plan.samples(0, 0, 0)).isNotEqualTo(plan.samples(0, 1, 0));
  }

  @Test
  void withoutDropLastEverySampleIsSeenOnceHoweverUnequalTheShares() {
    Recipe recipe = SmallSplit.recipe("data.drop-last=false", "averaging.workers=2");
    EpochPlan plan = new EpochPlan(recipe, ROWS);
    assertThat(plan.steps()).isEqualTo(5);
    List<SampleRef> all = new ArrayList<>();
    for (int round = 0; round < plan.length().roundsOf(0); round++) {
      for (int worker = 0; worker < 2; worker++) {
        all.addAll(plan.samples(worker, 0, round));
      }
    }
    assertThat(all).hasSize(33);
    assertThat(new HashSet<>(all)).hasSize(33);
    assertThat(plan.samples(0, 0, 2)).isEmpty();
    // shares of 16 and 17 in minibatches of 4: the second worker's last one has one sample
    assertThat(plan.smallestBatch()).isEqualTo(1);
    assertThat(new EpochPlan(SmallSplit.recipe(), ROWS).smallestBatch()).isEqualTo(4);
  }

  /** Epochs of 8 steps in rounds of 3: 13 steps end in the second round of the second epoch. */
  @Test
  void iterationsCutTheLastEpochAndItsLastRoundShort() {
    Recipe recipe =
        SmallSplit.recipe(
            "averaging.workers=1",
            "averaging.frequency=3",
            "schedule.epochs=null",
            "schedule.warm-up-epochs=null",
            "schedule.iterations=13");
    EpochPlan plan = new EpochPlan(recipe, ROWS);
    TrainingLength length = plan.length();
    assertThat(length).isEqualTo(TrainingLength.of(13, 8, step -> 3));
    assertThat(length.epochs()).isEqualTo(2);
    assertThat(length.rounds()).isEqualTo(5);
    assertThat(length.roundsOf(0)).isEqualTo(3);
    assertThat(List.of(length.roundsOf(0), length.roundsOf(1))).containsExactly(3, 2);
    assertThat(List.of(length.steps(0, 2), length.steps(1, 0), length.steps(1, 1)))
        .containsExactly(2, 3, 2);
    assertThat(plan.samples(0, 1, 1))
        .hasSize(8)
        .isEqualTo(
            new EpochPlan(SmallSplit.recipe("averaging.workers=1", "averaging.frequency=3"), ROWS)
                .samples(0, 1, 1)
                .subList(0, 8));
    assertThat(TrainingLength.of(16, 8, step -> 3).epochs()).isEqualTo(2);
    assertThat(TrainingLength.of(5, 8, step -> 3).rounds()).isEqualTo(2);
  }

  /** Warm-up in the first epoch; then rates 0.004 (1 + cos(pi (step - 8) / 24)) / 2. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          base: 1, coefficient: 0.006, warm-up: 1 | 1 1 1 1 1 1 1 1 | 2 2 2 2 | 4 4 | 8
          base: 1, coefficient: 0.006             | 2 2 2 2 | 2 2 2 2 | 4 4 | 8
          base: 3, coefficient: 0.006, warm-up: 1 | 1 1 1 1 1 1 1 1 | 3 3 2 | 4 4 | 8
          base: 1, coefficient: 0.004, warm-up: 5 | 5 3 | 1 1 1 1 1 1 1 1 | 1 2 3 2 | 8
          """)
  void roundsGrowAsTheLearningRateFallsAndEndWithTheEpoch(
      String keys, String first, String second, String third, String fourth) {
    String[] common = {
      "averaging.workers=1",
      "averaging.frequency={rule: quadratic, " + keys + "}",
      "schedule.epochs=4",
      "schedule.min-rate=0"
    };
    EpochPlan plan = new EpochPlan(SmallSplit.recipe(common), ROWS);
    TrainingLength length = plan.length();
    assertThat(IntStream.range(0, 4).mapToObj(epoch -> roundsOf(length, epoch)))
        .containsExactly(first, second, third, fourth);
    assertThat(length.rounds()).isEqualTo(length.roundsBefore(3) + 1);
    for (int round = 0; round < length.roundsOf(2); round++) {
      assertThat(plan.samples(0, 2, round)).hasSize(4 * length.steps(2, round));
    }
  }

  private static String roundsOf(TrainingLength length, int epoch) {
    return IntStream.range(0, length.roundsOf(epoch))
        .mapToObj(round -> "" + length.steps(epoch, round))
        .collect(Collectors.joining(" "));
  }

  /** In floating point 0.3 / 0.1 is less than 3; a rate of 0 makes rounds as long as epochs. */
  @Test
  void theQuadraticRuleTakesQuotientsOfDecimalsAsTheyAreMeant() {
    FrequencySettings rule = new FrequencySettings(2, 0.3, null);
    Schedule schedule = Schedule.cosine(0.1, 0, 0, 10);
    assertThat(rule.steps(schedule, 0)).isEqualTo(9);
    assertThat(rule.steps(schedule, 10)).isEqualTo(Long.MAX_VALUE);
    assertThat(new FrequencySettings(10, 0.3, null).steps(schedule, 0)).isEqualTo(10);
  }

  @Test
  void refusesFewerShardsThanWorkersAndBatchesLargerThanAShare() {
    assertThatExceptionOfType(UserException.class)
        .isThrownBy(
            () -> new EpochPlan(SmallSplit.recipe("averaging.workers=3"), new int[] {40, 0, 40}))
        .withMessage(
            "training data: expected a shard or more for each of 3 workers, found 2 shards with"
                + " samples; lower averaging.workers or prepare the data in more shards");
    for (String dropLast : new String[] {"data.drop-last=true", "data.drop-last=false"}) {
      assertThatExceptionOfType(UserException.class)
          .isThrownBy(() -> new EpochPlan(SmallSplit.recipe("data.batch-size=17", dropLast), ROWS))
          .withMessage(
              "training data: expected at least 17 samples for each of 2 workers, found 16; lower"
                  + " data.batch-size or averaging.workers");
    }
  }
}
