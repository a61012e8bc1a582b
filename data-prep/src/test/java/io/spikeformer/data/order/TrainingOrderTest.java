package io.spikeformer.data.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingOrderTest {
  private static final int[] ROWS = {7, 0, 12, 5, 9, 1, 30, 3};
  private static final int SAMPLES = 67;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 70})
  void workersTogetherVisitEverySampleOnce(int workers) {
    TrainingOrder order = new TrainingOrder(ROWS, workers, 11, 3);

    for (int epoch = 0; epoch < 3; epoch++) {
      List<SampleRef> visited = new ArrayList<>();
      for (int worker = 0; worker < workers; worker++) {
        List<SampleRef> own = order.order(worker, epoch);
        assertThat(own).hasSize(order.size(worker));
        assertThat(own.size()).isBetween(SAMPLES / workers, SAMPLES / workers + 1);
        visited.addAll(own);
      }
      assertThat(visited).hasSize(SAMPLES).doesNotHaveDuplicates();
      assertThat(visited).allMatch(ref -> ref.row() >= 0 && ref.row() < ROWS[ref.shard()]);
    }
  }

  @Test
  void isTheSameForTheSameSeedAndOtherwiseDiffers() {
    List<SampleRef> first = new TrainingOrder(ROWS, 2, 11, 3).order(1, 4);

    assertThat(new TrainingOrder(ROWS, 2, 11, 3).order(1, 4)).isEqualTo(first);
    assertThat(new TrainingOrder(ROWS, 2, 12, 3).order(1, 4)).isNotEqualTo(first);
    assertThat(new TrainingOrder(ROWS, 2, 11, 3).order(1, 5)).isNotEqualTo(first);
  }

  @Test
  void givesAWorkerOtherSamplesInEveryEpoch() {
    TrainingOrder order = new TrainingOrder(ROWS, 4, 11, 3);
    Set<SampleRef> seen = new HashSet<>();

    for (int epoch = 0; epoch < 20; epoch++) {
      seen.addAll(order.order(0, epoch));
    }

    assertThat(seen).hasSizeGreaterThan(SAMPLES * 9 / 10);
  }

  @Test
  void needsOnlyAGroupOfShardsAtATime() {
    int[] rows = {10, 10, 10, 10, 10, 10};
    List<SampleRef> order = new TrainingOrder(rows, 1, 3, 2).order(0, 0);

    for (int group = 0; group < 3; group++) {
      Set<Integer> shards = new LinkedHashSet<>();
      order.subList(group * 20, group * 20 + 20).forEach(ref -> shards.add(ref.shard()));
      assertThat(shards).hasSize(2);
    }
    assertThat(order.subList(0, 10).stream().map(SampleRef::shard).distinct())
        .as("a group is mixed")
        .hasSize(2);
  }

  @Test
  void refusesAnUnknownWorker() {
    TrainingOrder order = new TrainingOrder(ROWS, 2, 11, 3);

    assertThatThrownBy(() -> order.order(2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected worker 0..1");
    assertThatThrownBy(() -> new TrainingOrder(ROWS, 0, 11, 3))
        .hasMessageContaining("expected workers and shuffle group >= 1");
  }
}
