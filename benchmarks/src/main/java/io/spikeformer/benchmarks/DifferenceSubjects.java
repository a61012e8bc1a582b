package io.spikeformer.benchmarks;

import io.spikeformer.model.block.ParameterLayout;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.train.spark.averaging.DifferenceCoding;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Differences that travel as integers between workers: a slice of the 15M model's parameters. */
final class DifferenceSubjects {
  /** Names of the rows, which no kernel has. */
  static final List<String> NAMES = List.of("codeDifferences", "decodeDifferences");

  private static final int SLICE = 1 << 20;
  private static final int FIRST = 4 * SLICE;
  private static final float CHANGE = 1e-3f;
  private static final ParameterLayout LAYOUT = ParameterLayout.of(NetworkConfig.preset("15M"));

  private DifferenceSubjects() {}

  static List<Subject> all() {
    return Stream.of(Byte.SIZE, Byte.SIZE / 2)
        .flatMap(bits -> Stream.of(code(bits), decode(bits)))
        .toList();
  }

  /** A round's differences become integers and a rest. */
  private static Subject code(int bits) {
    // start, values and rest are read, rest and integers are written
    return subject(
        NAMES.get(0),
        bits,
        4,
        (coding, start, values) -> {
          float[] rest = new float[SLICE];
          byte[][] result = new byte[1][];
          return () -> result[0] = coding.code(0, FIRST, start, values, rest);
        });
  }

  private static Subject decode(int bits) {
    return subject(
        NAMES.get(1),
        bits,
        1,
        (coding, start, values) -> {
          byte[] coded = coding.code(0, FIRST, start, values, new float[SLICE]);
          float[][] result = new float[1][];
          return () -> result[0] = coding.decode(FIRST, SLICE, coded);
        });
  }

  /** Makes a call. */
  private interface Preparation {
    Runnable prepare(DifferenceCoding coding, float[] start, float[] values);
  }

  private static Subject subject(String name, int bits, int passes, Preparation preparation) {
    double bytes = Work.bytes((long) SLICE * passes, DataType.FLOAT32) + SLICE * bits / Byte.SIZE;
    return new Subject(
        name,
        "2^20 of 15M int" + bits,
        DataType.FLOAT32,
        new Work(0, bytes),
        (kernels, operands) -> {
          Random random = new Random(0);
          float[] start = new float[SLICE];
          float[] values = new float[SLICE];
          for (int i = 0; i < SLICE; i++) {
            start[i] = (float) random.nextGaussian();
            values[i] = start[i] + CHANGE * (float) random.nextGaussian();
          }
          return preparation.prepare(new DifferenceCoding(LAYOUT, bits, 0), start, values);
        });
  }
}
