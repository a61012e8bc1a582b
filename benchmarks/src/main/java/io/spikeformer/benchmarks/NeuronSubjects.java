package io.spikeformer.benchmarks;

import static io.spikeformer.benchmarks.Subjects.BATCH;
import static io.spikeformer.benchmarks.Subjects.label;

import io.spikeformer.model.config.Surrogate;
import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Neurons of stage 1, 64 channels at 112x112 pixels, with batch normalisation folded in. */
final class NeuronSubjects {
  private static final int SIDE = 112;
  private static final int CHANNELS = 64;
  private static final Neuron NEURON = new Neuron(0.5f, 1, 1, Surrogate.SIGMOID, 4, true);

  private NeuronSubjects() {}

  static List<Subject> all() {
    List<Subject> subjects = new ArrayList<>();
    for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
      for (int timesteps : new int[] {1, 4}) {
        subjects.add(fire(type, timesteps));
        subjects.add(fireResidual(type, timesteps));
        subjects.add(fireBackward(type, timesteps));
        subjects.add(fireBackwardResidual(type, timesteps));
      }
    }
    return subjects;
  }

  private static long rows(int timesteps) {
    return (long) timesteps * BATCH * SIDE * SIDE;
  }

  private static Subject fire(DataType type, int timesteps) {
    return subject(
        "fire",
        "",
        type,
        timesteps,
        List.of(type, DataType.BIT),
        (kernels, operands) -> {
          Tensor spikes = operands.zeros(DataType.BIT, rows(timesteps), CHANNELS);
          Drive drive = drive(operands, type, timesteps, null);
          return () -> kernels.fire(drive, timesteps, NEURON, null, spikes, null);
        });
  }

  private static Subject fireResidual(DataType type, int timesteps) {
    return subject(
        "fire",
        " with shortcut",
        type,
        timesteps,
        List.of(type, DataType.FLOAT32, DataType.FLOAT32, DataType.BIT),
        (kernels, operands) -> {
          Tensor spikes = operands.zeros(DataType.BIT, rows(timesteps), CHANNELS);
          Tensor shortcut = operands.normal(DataType.FLOAT32, rows(timesteps), CHANNELS);
          Tensor membrane = operands.zeros(DataType.FLOAT32, rows(timesteps), CHANNELS);
          Drive drive = drive(operands, type, timesteps, shortcut);
          return () -> kernels.fire(drive, timesteps, NEURON, membrane, spikes, null);
        });
  }

  private static Subject fireBackward(DataType type, int timesteps) {
    return subject(
        "fireBackward",
        "",
        type,
        timesteps,
        List.of(type, type, type),
        (kernels, operands) -> {
          Drive drive = drive(operands, type, timesteps, null);
          Tensor dSpikes = operands.normal(type, rows(timesteps), CHANNELS);
          Tensor dx = operands.zeros(type, rows(timesteps), CHANNELS);
          return backward(kernels, drive, timesteps, dSpikes, null, dx);
        });
  }

  private static Subject fireBackwardResidual(DataType type, int timesteps) {
    return subject(
        "fireBackward",
        " with shortcut",
        type,
        timesteps,
        List.of(type, type, DataType.FLOAT32, DataType.FLOAT32, DataType.FLOAT32),
        (kernels, operands) -> {
          Tensor shortcut = operands.normal(DataType.FLOAT32, rows(timesteps), CHANNELS);
          Drive drive = drive(operands, type, timesteps, shortcut);
          Tensor dSpikes = operands.normal(type, rows(timesteps), CHANNELS);
          Tensor dMembrane = operands.normal(DataType.FLOAT32, rows(timesteps), CHANNELS);
          Tensor dx = operands.zeros(DataType.FLOAT32, rows(timesteps), CHANNELS);
          return backward(kernels, drive, timesteps, dSpikes, dMembrane, dx);
        });
  }

  private static Runnable backward(
      Kernels kernels, Drive drive, int timesteps, Tensor dSpikes, Tensor dMembrane, Tensor dx) {
    float[] centre = new float[CHANNELS];
    ChannelSums sums = new ChannelSums(CHANNELS);
    return () ->
        kernels.fireBackward(drive, timesteps, NEURON, dSpikes, dMembrane, dx, centre, sums);
  }

  private static Drive drive(Operands operands, DataType type, int timesteps, Tensor shortcut) {
    return new Drive(
        operands.normal(type, rows(timesteps), CHANNELS),
        operands.channel(CHANNELS),
        operands.channel(CHANNELS),
        shortcut);
  }

  private static Subject subject(
      String kernel,
      String form,
      DataType type,
      int timesteps,
      List<DataType> moved,
      Subject.Setup setup) {
    String details = "64 @112 T=" + timesteps + form + " " + label(type);
    Work work = Work.moving(rows(timesteps) * CHANNELS, moved.toArray(DataType[]::new));
    return new Subject(kernel, details, type, work, setup);
  }
}
