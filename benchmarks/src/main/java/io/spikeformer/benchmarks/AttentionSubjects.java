package io.spikeformer.benchmarks;

import static io.spikeformer.benchmarks.Subjects.BATCH;
import static io.spikeformer.benchmarks.Subjects.label;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.MatmulShape.Strides;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The products in the attention of stage 3: 14x14 tokens of 256 channels in 8 heads. */
final class AttentionSubjects {
  private static final int SIDE = 14;
  private static final int TOKENS = SIDE * SIDE;
  private static final int CHANNELS = 256;
  private static final int HEADS = 8;
  private static final int WIDTH = CHANNELS / HEADS;
  private static final double RATE = 0.2;
  private static final long ELEMENTS = (long) BATCH * TOKENS * CHANNELS;
  private static final long PADDED = (long) BATCH * (SIDE + 2) * (SIDE + 2) * CHANNELS;
  private static final long SQUARES = (long) BATCH * CHANNELS * WIDTH;
  private static final Strides TOKEN = new Strides((long) TOKENS * CHANNELS, WIDTH, CHANNELS, 1);
  private static final Strides SQUARE =
      new Strides((long) HEADS * WIDTH * WIDTH, WIDTH * WIDTH, WIDTH, 1);

  private AttentionSubjects() {}

  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      subjects.add(keysTimesValues(type));
      subjects.add(queriesTimesProduct(type));
      subjects.add(sumTokens(type));
      subjects.add(scaleTokens(type));
      subjects.add(pad(type));
      subjects.add(crop(type));
    }
    return subjects;
  }

  private static Subject keysTimesValues(DataType type) {
    MatmulShape shape =
        new MatmulShape(BATCH, HEADS, WIDTH, TOKENS, WIDTH, TOKEN.transposed(), TOKEN, SQUARE);
    double bytes = Work.bytes(2 * ELEMENTS, DataType.BIT) + Work.bytes(SQUARES, type);
    return new Subject(
        "matmul",
        "K^T V, 8 heads of 196x32, " + label(type),
        type,
        new Work(2.0 * shape.macs(), bytes),
        (kernels, operands) -> {
          Tensor keys = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor values = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor product = operands.zeros(type, BATCH, HEADS, WIDTH, WIDTH);
          return () -> kernels.matmul(shape, keys, values, product);
        });
  }

  private static Subject queriesTimesProduct(DataType type) {
    MatmulShape shape = new MatmulShape(BATCH, HEADS, TOKENS, WIDTH, WIDTH, TOKEN, SQUARE, TOKEN);
    double bytes = Work.bytes(ELEMENTS, DataType.BIT) + Work.bytes(ELEMENTS + SQUARES, type);
    return new Subject(
        "matmul",
        "Q (K^T V), 8 heads of 196x32, " + label(type),
        type,
        new Work(2.0 * shape.macs(), bytes),
        (kernels, operands) -> {
          Tensor queries = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor product = operands.normal(type, BATCH, HEADS, WIDTH, WIDTH);
          Tensor mixed = operands.zeros(type, BATCH, TOKENS, CHANNELS);
          return () -> kernels.matmul(shape, queries, product, mixed);
        });
  }

  private static Subject sumTokens(DataType type) {
    return moving(
        "sumTokens",
        type,
        Work.moving(2 * ELEMENTS, DataType.BIT),
        (kernels, operands) -> {
          Tensor a = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor b = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor sums = operands.zeros(DataType.FLOAT32, BATCH, CHANNELS);
          return () -> kernels.sumTokens(a, b, BATCH, TOKENS, 1, sums);
        });
  }

  private static Subject scaleTokens(DataType type) {
    return moving(
        "scaleTokens",
        type,
        Work.moving(ELEMENTS, DataType.BIT, type),
        (kernels, operands) -> {
          Tensor row = operands.normal(DataType.FLOAT32, BATCH, CHANNELS);
          Tensor a = operands.spikes(RATE, BATCH, TOKENS, CHANNELS);
          Tensor out = operands.zeros(type, BATCH, TOKENS, CHANNELS);
          return () -> kernels.scaleTokens(row, a, BATCH, TOKENS, 1, out);
        });
  }

  private static Subject pad(DataType type) {
    return moving(
        "pad",
        type,
        Work.moving(ELEMENTS + PADDED, type),
        (kernels, operands) -> {
          Tensor value = operands.normal(type, BATCH, SIDE, SIDE, CHANNELS);
          Tensor out = operands.zeros(type, BATCH, SIDE + 2, SIDE + 2, CHANNELS);
          Drive drive = Drive.affine(value, operands.channel(CHANNELS), operands.channel(CHANNELS));
          float[] border = operands.channel(CHANNELS);
          return () -> kernels.pad(drive, BATCH, SIDE, SIDE, border, out);
        });
  }

  private static Subject crop(DataType type) {
    return moving(
        "crop",
        type,
        Work.moving(2 * ELEMENTS, type),
        (kernels, operands) -> {
          Tensor value = operands.normal(type, BATCH, SIDE + 2, SIDE + 2, CHANNELS);
          Tensor out = operands.zeros(type, BATCH, SIDE, SIDE, CHANNELS);
          return () -> kernels.crop(value, BATCH, SIDE, SIDE, out);
        });
  }

  private static Subject moving(String kernel, DataType type, Work work, Subject.Setup setup) {
    return new Subject(kernel, "256 @14 " + label(type), type, work, setup);
  }
}
