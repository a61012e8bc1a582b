package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.model.kernel.Tensor;
import io.spikeformer.train.StateParts;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.SparkTests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A process forms a slice again from the one before and the difference. */
class StateDifferencesTest {
  private static final int LENGTH = 5000;
  private static final SliceLayout SLICES = new SliceLayout(2048);
  private static final DifferenceCoding CODING =
      new DifferenceCoding(
          new ParameterLayout(
              List.of(
                  new Entry("a", Kind.WEIGHT, Part.BACKBONE, List.of(4000), 0, 4000),
                  new Entry("b", Kind.STATISTIC, Part.BACKBONE, List.of(1000), 4000, 1000))),
          4,
          3);

  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark = new JavaSparkContext(SparkTests.conf("local[1]"));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @Test
  void theSumIsTheStateOfTheHolderBitForBit() {
    SharedState first = first();
    SharedState next = next(first, 2 * LENGTH, 1);
    float[] expected = next.copy(1).values();
    assertThat(next.copy(1).rest()).hasSize(LENGTH).isNotEqualTo(new float[LENGTH]);
    // at most half a byte of each weight, and units; of moments bfloat16
    assertThat(size(next, "change0")).isBetween(900L, 2 * 514L);
    assertThat(size(next, "change4")).isBetween(900L, 2 * (2 * LENGTH - 4 * 2048L));
    remove(next, "state");
    assertThat(read(next)).isEqualTo(expected);
    // it was kept
    remove(next, "change");
    assertThat(read(next)).isEqualTo(expected);
    remove(next, "state");
    assertThatExceptionOfType(MissingSliceException.class).isThrownBy(() -> read(next));
  }

  @Test
  void withoutTheStateBeforeTheWholeSlicesAreRead() {
    SharedState first = first();
    SharedState next = next(next(first, 2 * LENGTH, 1), LENGTH, 2);
    float[] expected = next.copy(2).values();
    first.destroy();
    assertThat(read(next)).isEqualTo(expected);
  }

  @Test
  void theDriversStateIsReadAsAWhole() {
    SharedState first = first();
    assertThat(read(first)).isEqualTo(first.copy(0).values());
    remove(first, "state");
    assertThatExceptionOfType(MissingSliceException.class).isThrownBy(() -> read(first));
  }

  private static SharedState first() {
    float[] values = random(LENGTH, 1);
    return SharedState.of(
        spark, SLICES, CODING, new TrainingState(0, values, new float[0], new float[LENGTH]));
  }

  /** The state after a round. */
  private static SharedState next(SharedState start, int elements, long step) {
    SharedState coming = start.following(spark, elements);
    float[] mean = random(elements, step + 1);
    List<MeanPart> parts = new ArrayList<>();
    for (int index = 0; index < coming.slices(); index++) {
      int from = SLICES.from(index);
      float[] before = start.slice(index, elements);
      float[] rest = start.restSlice(index);
      float[] values = Arrays.copyOfRange(mean, from, from + before.length);
      byte[] change = CODING.code(CODING.drawOfMean(step), from, before, values, rest);
      coming.put(index, before, change, new float[0], rest);
      parts.add(new MeanPart(index, Holder.here(change.length), true, List.of()));
    }
    return coming.formed(parts);
  }

  private static float[] read(SharedState state) {
    try (Tensor tensor = Tensor.of(new float[state.elements()], state.elements())) {
      StateParts parts = new StateParts(List.of(tensor));
      state.copyTo(parts, 1);
      return parts.copy(0, state.elements());
    }
  }

  private static BlockManager manager() {
    return SparkEnv.get().blockManager();
  }

  private static BroadcastBlockId id(SharedState state, String field) {
    return new BroadcastBlockId(state.stored(0).blocks().broadcast(), field);
  }

  private static long size(SharedState state, String field) {
    return manager().getStatus(id(state, field)).get().diskSize();
  }

  private static void remove(SharedState state, String kind) {
    for (int index = 0; index < state.slices(); index++) {
      manager().removeBlock(id(state, kind + index), true);
    }
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }
}
