package io.spikeformer.benchmarks;

import static io.spikeformer.benchmarks.Subjects.BATCH;
import static io.spikeformer.benchmarks.Subjects.label;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Batch normalisation and residual sums of stage 1, 64 channels at 112x112 pixels. */
final class NormalisationSubjects {
  private static final long ROWS = (long) BATCH * 112 * 112;
  private static final int CHANNELS = 64;

  private NormalisationSubjects() {}

  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      subjects.add(moments(type));
      subjects.add(gradientSums(type));
      subjects.add(combine(type));
      subjects.add(affine(type));
      subjects.add(affineResidual(type));
      subjects.add(add(type));
    }
    return subjects;
  }

  private static Subject moments(DataType type) {
    return subject(
        "moments",
        "",
        type,
        List.of(type),
        (kernels, operands) -> {
          Tensor value = operands.normal(type, ROWS, CHANNELS);
          float[] mean = new float[CHANNELS];
          float[] variance = new float[CHANNELS];
          return () -> kernels.moments(value, mean, variance);
        });
  }

  private static Subject gradientSums(DataType type) {
    return subject(
        "gradientSums",
        "",
        type,
        List.of(type, type),
        (kernels, operands) -> {
          Tensor dx = operands.normal(type, ROWS, CHANNELS);
          Tensor value = operands.normal(type, ROWS, CHANNELS);
          float[] centre = operands.channel(CHANNELS);
          ChannelSums sums = new ChannelSums(CHANNELS);
          return () -> kernels.gradientSums(dx, value, centre, sums);
        });
  }

  private static Subject combine(DataType type) {
    return subject(
        "combine",
        "",
        type,
        List.of(type, type, type),
        (kernels, operands) -> {
          Tensor dx = operands.normal(type, ROWS, CHANNELS);
          Tensor value = operands.normal(type, ROWS, CHANNELS);
          Tensor out = operands.zeros(type, ROWS, CHANNELS);
          float[] a = operands.channel(CHANNELS);
          float[] b = operands.channel(CHANNELS);
          float[] c = operands.channel(CHANNELS);
          return () -> kernels.combine(dx, a, b, value, c, out);
        });
  }

  private static Subject affine(DataType type) {
    return subject(
        "affine",
        "",
        type,
        List.of(type, type),
        (kernels, operands) -> {
          Tensor value = operands.normal(type, ROWS, CHANNELS);
          Tensor out = operands.zeros(type, ROWS, CHANNELS);
          Drive drive = Drive.affine(value, operands.channel(CHANNELS), operands.channel(CHANNELS));
          return () -> kernels.affine(drive, out);
        });
  }

  private static Subject affineResidual(DataType type) {
    return subject(
        "affine",
        " with shortcut",
        type,
        List.of(type, DataType.FLOAT32, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor value = operands.normal(type, ROWS, CHANNELS);
          Tensor shortcut = operands.normal(DataType.FLOAT32, ROWS, CHANNELS);
          Tensor out = operands.zeros(DataType.FLOAT32, ROWS, CHANNELS);
          Drive drive =
              new Drive(value, operands.channel(CHANNELS), operands.channel(CHANNELS), shortcut);
          return () -> kernels.affine(drive, out);
        });
  }

  private static Subject add(DataType type) {
    return subject(
        "add",
        "",
        type,
        List.of(type, DataType.FLOAT32, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor x = operands.normal(type, ROWS, CHANNELS);
          Tensor y = operands.normal(DataType.FLOAT32, ROWS, CHANNELS);
          Tensor out = operands.zeros(DataType.FLOAT32, ROWS, CHANNELS);
          return () -> kernels.add(x, y, out);
        });
  }

  private static Subject subject(
      String kernel, String form, DataType type, List<DataType> moved, Subject.Setup setup) {
    Work work = Work.moving(ROWS * CHANNELS, moved.toArray(DataType[]::new));
    return new Subject(kernel, "64 @112" + form + " " + label(type), type, work, setup);
  }
}
