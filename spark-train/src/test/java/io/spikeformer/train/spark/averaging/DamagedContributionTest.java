package io.spikeformer.train.spark.averaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.block.ParameterLayout.Entry;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.ParameterLayout.Part;
import io.spikeformer.train.TrainingState;
import io.spikeformer.train.spark.SparkTests;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Tuple2;
import scala.collection.JavaConverters;

/** A contribution that was damaged on its way is never used: its worker trains again. */
class DamagedContributionTest {
  private static final int LENGTH = 3 * 4096;
  private static final int WORKERS = 2;
  private static final int FRAME = 0xFD2FB528;
  private static final SliceLayout SLICES = new SliceLayout(4096);
  private static final DifferenceCoding CODING =
      new DifferenceCoding(
          new ParameterLayout(
              List.of(new Entry("a", Kind.WEIGHT, Part.BACKBONE, List.of(LENGTH), 0, LENGTH))),
          4,
          3);
  private static final AtomicInteger TRAINED = new AtomicInteger();

  private static JavaSparkContext spark;

  @BeforeAll
  static void start() {
    spark =
        new JavaSparkContext(
            SparkTests.conf("local[1]").set("spark.kryo.registrationRequired", "false"));
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  /** How a contribution travels. */
  private enum Way {
    VALUES,
    DIFFERENCES,
    INTEGERS;

    Payload payload(int first, float[] before, float[] after) {
      return switch (this) {
        case VALUES -> new Payload.Floats(after);
        case DIFFERENCES -> new Payload.Changes(Slice.changes(before, after));
        case INTEGERS -> {
          byte[] coded = CODING.code(1, first, before, after, new float[after.length]);
          yield new Payload.Coded(after.length, coded);
        }
      };
    }

    /** Where damage is worst: in elements, or at the beginning of a Zstandard frame. */
    int place(byte[] content) {
      int at = content.length / 2;
      ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      while (this == INTEGERS && bytes.getInt(at) != FRAME) {
        at++;
      }
      return at;
    }
  }

  @ParameterizedTest
  @EnumSource
  void isTrainedAgain(Way way) throws IOException {
    TRAINED.set(0);
    boolean coded = way == Way.INTEGERS;
    SharedState first =
        SharedState.of(
            spark,
            SLICES,
            coded ? CODING : null,
            new TrainingState(0, random(9), new float[0], new float[coded ? LENGTH : 0]));
    SharedState mean = first.following(spark, LENGTH);
    MeanRdd means = MeanRdd.of(trained(way, first), first, mean, null, 0);
    float[] expected = formed(means, mean);
    assertThat(TRAINED).hasValue(WORKERS);

    damage(way, means);
    assertThat(formed(means, mean)).isEqualTo(expected);
    assertThat(TRAINED).hasValueGreaterThan(WORKERS);
  }

  private static float[] formed(MeanRdd means, SharedState mean) {
    return mean.formed(means.toJavaRDD().collect()).copy(1).values();
  }

  private static RDD<Tuple2<Long, Slice>> trained(Way way, SharedState start) {
    JavaPairRDD<Long, Slice> slices =
        spark
            .parallelize(IntStream.range(0, WORKERS).boxed().toList(), WORKERS)
            .mapPartitionsToPair(
                none -> {
                  TRAINED.incrementAndGet();
                  int worker = TaskContext.getPartitionId();
                  float[] after = random(worker);
                  List<Tuple2<Long, Slice>> sent = new ArrayList<>();
                  for (int index = 0; index < start.slices(); index++) {
                    int from = SLICES.from(index);
                    float[] before = start.slice(index, LENGTH);
                    float[] now = new float[before.length];
                    System.arraycopy(after, from, now, 0, now.length);
                    Payload payload = way.payload(from, before, now);
                    sent.add(
                        new Tuple2<>(
                            (long) index * WORKERS + worker,
                            new Slice(index, 1, payload, List.of())));
                  }
                  return sent.iterator();
                });
    return slices.rdd();
  }

  private static float[] random(long seed) {
    Random random = new Random(seed);
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Changes a bit of what the workers have sent. */
  private static void damage(Way way, MeanRdd means) throws IOException {
    ShuffleDependency<?, ?, ?> sent = (ShuffleDependency<?, ?, ?>) means.dependencies().head();
    String name = "shuffle_" + sent.shuffleId() + "_\\d+_0.data";
    List<File> files =
        JavaConverters.seqAsJavaList(SparkEnv.get().blockManager().diskBlockManager().getAllFiles())
            .stream()
            .filter(file -> file.getName().matches(name))
            .toList();
    assertThat(files).hasSize(WORKERS);
    Path file = files.get(0).toPath();
    byte[] content = Files.readAllBytes(file);
    content[way.place(content)] ^= 1;
    Files.write(file, content);
  }
}
