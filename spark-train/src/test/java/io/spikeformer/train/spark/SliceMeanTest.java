package io.spikeformer.train.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.train.FiringSums;
import io.spikeformer.train.OptimizerSums;
import io.spikeformer.train.TrainingSums;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class SliceMeanTest {
  @Test
  void weighsByTheSamples() {
    Slice mean = only(mean(slice(0, 3, 1, -2), slice(0, 1, 5, 2)));
    assertThat(mean.values()).containsExactly(2, -1);
    assertThat(mean.samples()).isEqualTo(4);
  }

  @Test
  void theMeanOfOneOrOfEqualsIsThatBitForBit() {
    float[] values = random(1000);
    assertThat(Arrays.equals(only(mean(slice(0, 12345, values))).values(), values)).isTrue();
    Slice three =
        only(mean(slice(0, 7, values), slice(0, 9999991, values), slice(0, 1280, values)));
    assertThat(Arrays.equals(three.values(), values)).isTrue();
  }

  @Test
  void formsOneMeanForEachSlice() {
    List<Slice> means =
        mean(slice(2, 1, 1), slice(2, 1, 3), slice(5, 1, 7), slice(8, 1, 2), slice(8, 3, 6));
    assertThat(means).extracting(Slice::index).containsExactly(2, 5, 8);
    assertThat(means).extracting(m -> m.values()[0]).containsExactly(2f, 7f, 5f);
  }

  @Test
  void keepsTheReportsInTheOrderOfTheWorkers() {
    Slice failed = new Slice(0, 0, new float[0], List.of(report(1, "step 3: bad")));
    Slice good = new Slice(0, 4, new float[] {2}, List.of(report(0, "")));
    Slice mean = only(mean(good, failed));
    assertThat(mean.reports()).containsExactly(report(0, ""), report(1, "step 3: bad"));
    assertThat(mean.values()).containsExactly(2);
  }

  @Test
  void aCompressedSliceKeepsTheSignsOfItsEnds() {
    float[] start = {1, -2, 0.5f, 1e-3f, 0, 1};
    float[] end = {1.0078125f, -2.5f, 1e-9f, 0, 0, 3};
    short[] changes = new Slice(0, 1, end, List.of()).compressed(start).changes();
    for (int i = 0; i < changes.length; i++) {
      float change = DataType.fromBfloat16(changes[i]);
      assertThat(change).isCloseTo(end[i] - start[i], withinPercentage(0.8));
      assertThat(Math.signum(start[i] + change)).isIn(0f, Math.signum(start[i]));
    }
  }

  @Test
  void travelsThroughKryoUnchanged() {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    new SpikeformerKryoRegistrator().registerClasses(kryo);
    Slice slice = new Slice(3, 1L << 40, random(2000), List.of(report(2, ""), report(3, "why")));
    Output output = new Output(64, -1);
    kryo.writeClassAndObject(output, slice);
    Slice read = (Slice) kryo.readClassAndObject(new Input(output.toBytes()));
    assertThat(Arrays.equals(read.values(), slice.values())).isTrue();
    assertThat(read.reports()).isEqualTo(slice.reports());
    assertThat(read.index()).isEqualTo(3);
    Slice compressed = new Slice(0, 1, random(50), List.of()).compressed(new float[50]);
    output.clear();
    kryo.writeClassAndObject(output, compressed);
    Slice halves = (Slice) kryo.readClassAndObject(new Input(output.toBytes()));
    assertThat(halves.changes()).isEqualTo(compressed.changes()).hasSize(50);
    assertThat(halves.values()).isEmpty();
    assertThat(read.samples()).isEqualTo(1L << 40);
  }

  @Test
  void everySliceGoesToOnePartitionAndAllPartitionsAreUsed() {
    SlicePartitioner few = new SlicePartitioner(4, 2);
    assertThat(few.numPartitions()).isEqualTo(2);
    SlicePartitioner many = new SlicePartitioner(2, 166);
    assertThat(many.numPartitions()).isEqualTo(21);
    for (long slice = 0; slice < 166; slice++) {
      assertThat(many.getPartition(slice * 2))
          .isEqualTo(many.getPartition(slice * 2 + 1))
          .isEqualTo((int) (slice % 21));
    }
  }

  private static WorkerReport report(int worker, String failure) {
    OptimizerSums steps =
        new OptimizerSums(
            3,
            0.25,
            0.125,
            Map.of("stage1.downsample", new OptimizerSums.TrustRatios(6, 2.5, 0.25, 1)));
    FiringSums firing =
        new FiringSums(Map.of("stage3.block1.q", new FiringSums.Count(7, 1L << 40)));
    TrainingSums sums = new TrainingSums(8, 5, 0.1, steps, firing);
    return new WorkerReport(worker, sums, 1.5, 0.5, failure);
  }

  private static Slice slice(int index, long samples, float... values) {
    return new Slice(index, samples, values, List.of());
  }

  private static float[] random(int count) {
    Random random = new Random(1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * Math.exp(random.nextInt(80) - 40));
    }
    return values;
  }

  private static List<Slice> mean(Slice... slices) {
    Iterator<Tuple2<Long, Slice>> sorted =
        Arrays.stream(slices).map(s -> new Tuple2<>((long) s.index(), s)).iterator();
    List<Slice> means = new ArrayList<>();
    new SliceMean(null).call(sorted).forEachRemaining(means::add);
    return means;
  }

  private static Slice only(List<Slice> means) {
    assertThat(means).hasSize(1);
    return means.get(0);
  }
}
