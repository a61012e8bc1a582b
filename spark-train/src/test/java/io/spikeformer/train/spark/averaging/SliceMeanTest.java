package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.model.checkpoint.TrainingTally;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.train.OptimizerSums;
import io.spikeformer.train.TrainingSums;
import io.spikeformer.train.spark.SpikeformerKryoRegistrator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.storage.BlockManagerId;
import org.junit.jupiter.api.Test;
import scala.Option;

class SliceMeanTest {
  @Test
  void weighsByTheSamples() {
    assertThat(mean(slice(0, 3, 1, -2), slice(0, 1, 5, 2))).containsExactly(2, -1);
  }

  @Test
  void theMeanOfOneOrOfEqualsIsThatBitForBit() {
    float[] values = random(1000);
    assertThat(Arrays.equals(mean(slice(0, 12345, values)), values)).isTrue();
    float[] three = mean(slice(0, 7, values), slice(0, 9999991, values), slice(0, 1280, values));
    assertThat(Arrays.equals(three, values)).isTrue();
  }

  @Test
  void sumsInDoubleInTheOrderOfTheWorkersWhateverTheChunks() {
    for (int length : new int[] {1, Payload.CHUNK, Payload.CHUNK + 1, 3 * Payload.CHUNK - 5}) {
      float[] one = random(length);
      float[] two = random(length, 2);
      float[] three = random(length, 3);
      float[] expected = new float[length];
      for (int i = 0; i < length; i++) {
        expected[i] = (float) ((0.0 + 5.0 * one[i] + 7.0 * two[i] + 3.0 * three[i]) / 15);
      }
      assertThat(
              Arrays.equals(mean(slice(4, 5, one), slice(4, 7, two), slice(4, 3, three)), expected))
          .isTrue();
    }
  }

  @Test
  void aWorkerThatFailedDoesNotCount() {
    Slice failed = new Slice(0, 0, Payload.NONE, List.of(report(1, "step 3: bad")));
    assertThat(mean(slice(0, 4, 2), failed)).containsExactly(2);
    assertThat(mean(failed)).isEmpty();
  }

  @Test
  void differencesAreAddedToTheStart() {
    float[] start = random(40000);
    float[] end = random(40000, 2);
    short[] changes = Slice.changes(start, end);
    Slice slice = new Slice(3, 2, new Payload.Changes(changes), List.of());
    float[] expected = new float[start.length];
    for (int i = 0; i < start.length; i++) {
      double value = (double) start[i] + DataType.fromBfloat16(changes[i]);
      expected[i] = (float) ((2 * value + 5.0 * end[i]) / 7);
    }
    List<Integer> asked = new ArrayList<>();
    SliceMean mean =
        new SliceMean(
            index -> {
              asked.add(index);
              return start;
            },
            null);
    assertThat(Arrays.equals(mean(mean, slice, slice(3, 5, end)), expected)).isTrue();
    assertThat(asked).containsExactly(3);
  }

  @Test
  void codedDifferencesAreDecodedAndAdded() {
    float[] start = random(3000);
    float[] differences = random(3000, 2);
    byte[] coded = new byte[1700];
    new Random(4).nextBytes(coded);
    Slice slice = new Slice(3, 2, new Payload.Coded(3000, coded), List.of());
    SliceMean mean =
        new SliceMean(
            index -> start,
            (header, bytes) -> {
              assertThat(header.index()).isEqualTo(3);
              assertThat(bytes).isEqualTo(coded);
              return differences;
            });
    float[] expected = new float[start.length];
    for (int i = 0; i < start.length; i++) {
      expected[i] = (float) ((double) start[i] + differences[i]);
    }
    assertThat(mean(mean, slice, slice)).isEqualTo(expected);
  }

  @Test
  void aDifferenceKeepsTheSignsOfItsEnds() {
    float[] start = {1, -2, 0.5f, 1e-3f, 0, 1};
    float[] end = {1.0078125f, -2.5f, 1e-9f, 0, 0, 3};
    short[] changes = Slice.changes(start, end);
    for (int i = 0; i < changes.length; i++) {
      float change = DataType.fromBfloat16(changes[i]);
      assertThat(change).isCloseTo(end[i] - start[i], withinPercentage(0.8));
      assertThat(Math.signum(start[i] + change)).isIn(0f, Math.signum(start[i]));
    }
  }

  @Test
  void travelsThroughKryoUnchanged() {
    Slice slice = new Slice(3, 1L << 40, random(20000), List.of(report(2, ""), report(3, "why")));
    Slice read = throughKryo(slice);
    assertThat(read.index()).isEqualTo(3);
    assertThat(read.samples()).isEqualTo(1L << 40);
    assertThat(read.reports()).isEqualTo(slice.reports());
    assertThat(Arrays.equals(values(read), values(slice))).isTrue();
    short[] halves = Slice.changes(new float[50], random(50));
    Slice changes = throughKryo(new Slice(0, 1, new Payload.Changes(halves), List.of()));
    assertThat(((Payload.Changes) changes.payload()).halves()).isEqualTo(halves);
    byte[] coded = new byte[70000];
    new Random(4).nextBytes(coded);
    Slice integers = throughKryo(new Slice(0, 1, new Payload.Coded(139000, coded), List.of()));
    assertThat(integers.payload().elements()).isEqualTo(139000);
    assertThat(((Payload.Coded) integers.payload()).coded()).isEqualTo(coded);
    BlockManagerId place = BlockManagerId.apply("3", "10.0.0.2", 7077, Option.empty());
    Holder holder = new Holder(place, new String[] {"/tmp/a", "/tmp/b"}, 513);
    MeanPart part = throughKryo(new MeanPart(7, holder, true, slice.reports()));
    assertThat(part.index()).isEqualTo(7);
    assertThat(part.formed()).isTrue();
    assertThat(part.holder().place()).isEqualTo(place);
    assertThat(part.holder().folders()).containsExactly("/tmp/a", "/tmp/b");
    assertThat(part.holder().change()).isEqualTo(513);
    assertThat(part.reports()).isEqualTo(slice.reports());
  }

  @SuppressWarnings("unchecked")
  private static <T> T throughKryo(T object) {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    new SpikeformerKryoRegistrator().registerClasses(kryo);
    Output output = new Output(64, -1);
    kryo.writeClassAndObject(output, object);
    return (T) kryo.readClassAndObject(new Input(output.toBytes()));
  }

  @Test
  void everySliceGoesToAPartitionOfItsOwn() {
    SlicePartitioner partitioner = new SlicePartitioner(3, 166);
    assertThat(partitioner.numPartitions()).isEqualTo(166);
    for (long key = 0; key < 3 * 166; key++) {
      assertThat(partitioner.getPartition(key)).isEqualTo((int) (key / 3));
    }
  }

  static WorkerReport report(int worker, String failure) {
    OptimizerSums steps =
        new OptimizerSums(
            3,
            0.25,
            0.125,
            Map.of("stage1.downsample", new OptimizerSums.TrustRatios(6, 2.5, 0.25, 1)));
    FiringCounts firing = new FiringCounts(1);
    firing.add("stage3.block1.q", 0, 7, 1L << 40);
    TrainingSums sums =
        new TrainingSums(new TrainingTally(8, 5, 9, 0.1, Map.of("score", 0.025)), steps, firing);
    ExecutorArithmetic executor =
        new ExecutorArithmetic(
            "h1", new Arithmetic(2, "fast", 512, List.of("avx2", "avx512_core")));
    return new WorkerReport(worker, sums, 1.5, 0.5, failure.isEmpty() ? executor : null, failure);
  }

  private static Slice slice(int index, long samples, float... values) {
    return new Slice(index, samples, values, List.of());
  }

  private static float[] values(Slice slice) {
    return ((Payload.Floats) slice.payload()).values();
  }

  private static float[] random(int count) {
    return random(count, 1);
  }

  private static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(random.nextInt(80) - 40));
    }
    return values;
  }

  private static float[] mean(Slice... slices) {
    return mean(new SliceMean(null, null), slices);
  }

  private static float[] mean(SliceMean mean, Slice... slices) {
    return mean.of(Arrays.stream(slices).map(SliceMean.Contribution::of).iterator());
  }
}
