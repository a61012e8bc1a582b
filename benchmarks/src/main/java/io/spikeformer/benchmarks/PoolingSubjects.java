package io.spikeformer.benchmarks;

import static io.spikeformer.benchmarks.Subjects.BATCH;

import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/** The pooling of the baselines' stems: 112x112 pixels of 64 channels to 56x56. */
final class PoolingSubjects {
  private static final int SIDE = 112;
  private static final int CHANNELS = 64;
  private static final long FINE = (long) BATCH * SIDE * SIDE * CHANNELS;
  private static final long COARSE = FINE / 4;
  private static final String SHAPE = "64 @112 float32";

  private static final Resampling DOUBLED =
      new Resampling(Resampling.Kind.BILINEAR, SIDE / 2, SIDE / 2, SIDE, SIDE);

  private static final PoolingWindow HALVING = new PoolingWindow(3, 2, 1);

  private PoolingSubjects() {}

  static List<Subject> all() {
    return List.of(
        maxPool(),
        maxPoolBackward(),
        resample(),
        sumResampled(),
        resampleBackward(),
        pixelCrossEntropy());
  }

  private static Subject maxPool() {
    return new Subject(
        "maxPool",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(FINE + COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor x = operands.normal(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          Tensor y = operands.zeros(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          return () -> kernels.maxPool(HALVING, x, y);
        });
  }

  private static Subject maxPoolBackward() {
    return new Subject(
        "maxPoolBackward",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(2 * FINE + COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor x = operands.normal(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          Tensor dy = operands.normal(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          Tensor dx = operands.zeros(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          return () -> kernels.maxPoolBackward(HALVING, x, dy, dx);
        });
  }

  private static Subject resample() {
    return new Subject(
        "resample",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(FINE + COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor x = operands.normal(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          Tensor y = operands.zeros(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          return () -> kernels.resample(DOUBLED, x, y);
        });
  }

  private static Subject sumResampled() {
    return new Subject(
        "sumResampled",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(2 * FINE + COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor base = operands.normal(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          Tensor x = operands.normal(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          Tensor y = operands.zeros(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          return () ->
              kernels.sumResampled(Drive.of(base), List.of(x), Resampling.Kind.BILINEAR, y);
        });
  }

  private static Subject resampleBackward() {
    return new Subject(
        "resampleBackward",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(FINE + COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor dy = operands.normal(DataType.FLOAT32, BATCH, SIDE, SIDE, CHANNELS);
          Tensor dx = operands.zeros(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          return () -> kernels.resampleBackward(DOUBLED, dy, dx);
        });
  }

  private static Subject pixelCrossEntropy() {
    return new Subject(
        "pixelCrossEntropy",
        SHAPE,
        DataType.FLOAT32,
        Work.moving(2 * COARSE, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor logits = operands.normal(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          Tensor gradient = operands.zeros(DataType.FLOAT32, BATCH, SIDE / 2, SIDE / 2, CHANNELS);
          byte[] labels = new byte[BATCH * SIDE * SIDE];
          return () -> kernels.pixelCrossEntropy(DOUBLED, logits, labels, 1, gradient);
        });
  }
}
