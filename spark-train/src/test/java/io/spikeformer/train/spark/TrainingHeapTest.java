package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.train.SmallSplit;
import io.spikeformer.train.recipe.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a training keeps on Java heaps, in vectors as long as the model's state. */
class TrainingHeapTest {
  @ParameterizedTest
  @CsvSource({
    "averaging.moments=average, 0, 6",
    "averaging.moments=reset, 0, 2",
    // two moments before and behind the round, and the model's vector
    "averaging.moments=local, 5, 2",
    "averaging.moments=local averaging.transport=bfloat16, 4.5, 2",
    "averaging.moments=local averaging.outer.momentum=0.5, 5, 4",
    "averaging.intervals.first-moment=2 averaging.intervals.second-moment=4, 5, 6",
    // three rests, a byte a parameter, two for each of its moments
    "averaging.transport=int8, 4.25, 8",
    "averaging.moments=local averaging.transport=int4, 7.125, 4",
    "averaging.delay=1, 6, 6",
    "averaging.delay=1 averaging.moments=local, 6, 2",
    // nothing comes late, and nothing travels
    "averaging.workers=1 averaging.delay=1, 0, 6",
    "averaging.workers=1 averaging.transport=int8, 0, 6"
  })
  void countsWhatIsKept(String settings, double worker, double driver) {
    Recipe recipe = SmallSplit.recipe(settings.split(" "));
    long vector = Float.BYTES * ParameterLayout.of(recipe.model().toConfig()).length();
    TrainingHeap heap = TrainingHeap.of(recipe);
    assertThat((double) heap.worker().bytes() / vector).isCloseTo(worker, within(1e-3));
    assertThat((double) heap.driver().bytes() / vector).isCloseTo(driver, within(1e-3));
  }

  @Test
  void aHeapThatIsTooSmallIsRefusedInOneLine() {
    MemoryNeed need = TrainingHeap.of(SmallSplit.recipe("averaging.moments=local")).worker();
    assertThat(need.refusalOnHeap(2, 2 * need.bytes())).isEmpty();
    assertThat(need.refusalOnHeap(2, 2 * need.bytes() - 1).orElseThrow())
        .startsWith("memory: a worker needs 0.00 GB of the heap for each of 2 replicas (kept")
        .contains("), and the heap has at most 0.00 GB: choose executors with more memory")
        .endsWith(" or fewer replicas at once")
        .doesNotContain("\n");
  }
}
