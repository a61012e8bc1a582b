package io.spikeformer.model.block;

import io.spikeformer.model.KernelProvider;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.Random;

/** A test bench for one part of a block: kernels, buffers, bound parameters and random tensors. */
final class Bench implements AutoCloseable {
  private final Random random = new Random(11);
  private final Kernels kernels;
  private final Workspace workspace = new Workspace();
  private Tensor state;
  private Tensor gradient;

  Bench() {
    this("reference");
  }

  Bench(String choice) {
    kernels = KernelProvider.create(choice, 1);
  }

  /** Training in which the running statistics stay. */
  Pass frozen(int timesteps) {
    return new Pass(
        kernels,
        workspace,
        timesteps,
        Precision.FLOAT32,
        Pass.Mode.TRAINING,
        null,
        FrozenParts.Normalisation.STATISTICS,
        null);
  }

  Pass training(int timesteps) {
    return new Pass(kernels, workspace, timesteps, Precision.FLOAT32, Pass.Mode.TRAINING, null);
  }

  /** Gives the parameters memory and their initial values, normalisation away from 0 and 1. */
  void bind(Parameters parameters) {
    state = Tensor.allocate(DataType.FLOAT32, parameters.length());
    gradient = Tensor.allocate(DataType.FLOAT32, parameters.length());
    parameters.bindState(state);
    parameters.bindGradient(gradient);
    for (Parameter parameter : parameters.all()) {
      float[] values = parameter.initial(3);
      if (parameter.name().matches(".*bn\\d?\\.(weight|bias)")) {
        for (int i = 0; i < values.length; i++) {
          values[i] += 0.3f * (float) random.nextGaussian();
        }
      }
      parameter.value().put(values);
    }
  }

  Tensor state() {
    return state;
  }

  float[] noise(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** A workspace tensor with normally distributed values. */
  Tensor noise(long... shape) {
    Tensor tensor = workspace.take(DataType.FLOAT32, shape);
    tensor.put(noise((int) tensor.elements()));
    return tensor;
  }

  /** A workspace tensor of spikes of a firing rate. */
  Tensor spikes(double rate, long... shape) {
    Tensor tensor = workspace.take(DataType.FLOAT32, shape);
    float[] values = new float[(int) tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < rate ? 1 : 0;
    }
    tensor.put(values);
    return tensor;
  }

  Tensor copy(Tensor tensor) {
    Tensor copy = workspace.take(tensor.type(), tensor.shape());
    copy.copyFrom(tensor);
    return copy;
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public void close() {
    workspace.close();
    kernels.close();
  }
}
