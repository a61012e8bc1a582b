package io.spikeformer.jobs.bench;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.geometry.Size;
import io.spikeformer.jobs.bench.KernelTimes.Kind;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.optim.Optimizer;
import io.spikeformer.model.optim.OptimizerConfig;
import io.spikeformer.model.optim.OptimizerName;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/**
 * Times whole training steps (forward, backward, AdamW) and inference on random images, one step at
 * a time after one that is not counted.
 */
final class Benchmark implements AutoCloseable {
  /** The optimizer of a training step. */
  static final OptimizerName OPTIMIZER = OptimizerName.ADAMW;

  private static final double LEARNING_RATE = 1e-4;
  private static final long SEED = 0;
  private static final double NANOSECONDS = 1e-9;

  private final int batch;
  private final Size size;
  private final Activity activity;
  private final SpikeformerModel model;
  private final Optimizer optimizer;
  private final Images images;
  private final BenchmarkTask task;

  /**
   * A model with random weights and a batch of random images.
   *
   * @param batch images of a step
   * @param size of an image
   */
  Benchmark(NetworkConfig config, Kernels kernels, int batch, Size size, Activity activity) {
    this.batch = batch;
    this.size = size;
    this.activity = activity;
    float[] pixels = new float[requireOneArray(config, batch, size)];
    model = SpikeformerModel.create(config, kernels, SEED);
    if (activity == Activity.TRAINED) {
      TrainedActivity.set(model);
    }
    optimizer =
        new Optimizer(OptimizerConfig.defaults(OPTIMIZER), model.layout(), kernels.optimizer());
    Random random = new Random(SEED);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    images = Images.of(pixels, batch, size.height(), size.width(), config.channels());
    task = BenchmarkTask.of(config, images, kernels, random);
    task.regions().ifPresent(model::chooseRegions);
  }

  /**
   * Values of a batch, which are one array.
   *
   * @throws UserException if they are too many for that
   */
  static int requireOneArray(NetworkConfig config, int batch, Size size) {
    double values = (double) batch * size.height() * size.width() * config.channels();
    if (values > Integer.MAX_VALUE) {
      throw new UserException(
          Text.format(
              "bench: expected a batch of at most %d values, found %.0f (%dx%dx%dx%d);"
                  + " lower --batch or --size",
              Integer.MAX_VALUE, values, batch, size.height(), size.width(), config.channels()));
    }
    return (int) values;
  }

  /** Decides what a training step keeps for its backward pass. */
  void recompute(Recompute recompute) {
    model.recompute(recompute);
  }

  /**
   * The time of a step.
   *
   * @param medianSeconds median of the timed steps
   * @param bestSeconds fastest of the timed steps
   */
  record Timing(double medianSeconds, double bestSeconds) {}

  /** Times training steps. */
  Timing train(int steps) {
    return time(
        steps,
        () -> {
          model.step(images, task.loss());
          optimizer.step(model.state(), model.gradient(), LEARNING_RATE);
        });
  }

  /** The time of training steps by kind of work; the benchmark's kernels must be the timed ones. */
  StepProfile profile(KernelTimes times, int steps) {
    times.clear();
    task.regions().ifPresent(chooser -> model.chooseRegions(times.timed(chooser)));
    TrainingLoss loss = times.timed(task.loss());
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      model.step(images, loss);
      long stepped = System.nanoTime();
      optimizer.step(model.state(), model.gradient(), LEARNING_RATE);
      times.add(Kind.OPTIMIZER, (System.nanoTime() - stepped) * NANOSECONDS, 0);
    }
    double seconds = (System.nanoTime() - start) * NANOSECONDS / steps;
    return new StepProfile(seconds, times.shares(steps, seconds), times.peak(precision()));
  }

  /** Likewise of inferences, once {@link #infer} has made a network in inference form. */
  StepProfile profileInference(KernelTimes times, int steps) {
    times.clear();
    long start = System.nanoTime();
    for (int i = 0; i < steps; i++) {
      Outputs outputs = task.infer(model, images, times::timed);
      times.add(Kind.ANSWER, () -> task.answer(outputs));
    }
    double seconds = (System.nanoTime() - start) * NANOSECONDS / steps;
    return new StepProfile(seconds, times.shares(steps, seconds), times.peak(precision()));
  }

  private DataType precision() {
    return model.config().precision() == Precision.BFLOAT16 ? DataType.BFLOAT16 : DataType.FLOAT32;
  }

  /** Times inference. */
  Timing infer(int steps) {
    if (activity == Activity.TRAINED) {
      TrainedActivity.adoptStatistics(model, () -> model.step(images, task.loss()));
    }
    model.freeze();
    return time(steps, () -> task.answer(task.infer(model, images, UnaryOperator.identity())));
  }

  /**
   * The part of an inference behind the network's outputs, which is not empty for all tasks.
   *
   * @param work what is done, in a few words
   * @param timing of it alone
   */
  record Answering(String work, Timing timing) {}

  /** Times the answers alone, of a network in inference form; empty if outputs are answers. */
  Optional<Answering> answer(int steps) {
    if (task.answering().isEmpty()) {
      return Optional.empty();
    }
    Outputs outputs = task.infer(model, images, UnaryOperator.identity());
    return Optional.of(new Answering(task.answering(), time(steps, () -> task.answer(outputs))));
  }

  /** Spikes per neuron and timestep of an inference. */
  double firingRate() {
    FiringCounts counts = new FiringCounts(model.config().timesteps());
    model.collect(counts);
    task.infer(model, images, UnaryOperator.identity());
    model.collect(null);
    long spikes = 0;
    long neurons = 0;
    for (String layer : counts.layers()) {
      for (int t = 0; t < counts.timesteps(); t++) {
        spikes += counts.spikes(layer, t);
        neurons += counts.neurons(layer, t);
      }
    }
    return (double) spikes / neurons;
  }

  /** One line in the form of the oracle's benchmark. */
  String line(String name, Timing timing) {
    return Text.format(
        "%s %s T=%d batch %d %spx: median %.3f s, %.2f images/s, best %.2f",
        name,
        model.config().name(),
        model.config().timesteps(),
        batch,
        size.height() == size.width() ? size.height() : size.height() + "x" + size.width(),
        timing.medianSeconds(),
        batch / timing.medianSeconds(),
        batch / timing.bestSeconds());
  }

  private static Timing time(int steps, Runnable step) {
    step.run();
    double[] seconds = new double[steps];
    for (int i = 0; i < steps; i++) {
      long start = System.nanoTime();
      step.run();
      seconds[i] = (System.nanoTime() - start) * NANOSECONDS;
    }
    Arrays.sort(seconds);
    return new Timing(seconds[steps / 2], seconds[0]);
  }

  @Override
  public void close() {
    optimizer.close();
    model.close();
  }
}
