package io.spikeformer.model.block;

import io.spikeformer.model.config.IntegerFiring;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;

/**
 * One layer of leaky integrate-and-fire neurons, which fire spikes or integers, named after the
 * layer that it feeds, if by that alone.
 */
final class SpikingNeurons {
  private final String name;
  private final Neuron neuron;
  private final Parameter threshold;
  private Neuron fired;
  private Drive drive;

  private SpikingNeurons(String name, Neuron neuron, Parameter threshold) {
    this.name = name;
    this.neuron = neuron;
    this.threshold = threshold;
  }

  /** The network's neurons. */
  static SpikingNeurons of(String name, NeuronConfig config) {
    return new SpikingNeurons(name, neuron(config, 1, config.threshold()), null);
  }

  /** As {@link #of}, with integers handed on as they are, not divided by their largest. */
  static SpikingNeurons whole(String name, NeuronConfig config) {
    return new SpikingNeurons(name, withUnit(neuron(config, 1, config.threshold()), 1), null);
  }

  /**
   * The neurons of an attention by products, which read the sum of products of whole integers.
   *
   * @param share of the attention's scale
   */
  static SpikingNeurons ofProducts(String name, NeuronConfig config, double share) {
    IntegerFiring integers = config.integers();
    double largest = integers.normalise() ? integers.levels() : 1;
    double factor = share * integers.attentionScale() / (largest * largest * largest);
    return new SpikingNeurons(name, neuron(config, factor, config.threshold()), null);
  }

  /** The network's neurons where their spikes are counted by who reads them. */
  static SpikingNeurons unnamed(NeuronConfig config) {
    return of(null, config);
  }

  /** Neurons with an input factor merged in and a threshold of their own. */
  static SpikingNeurons scaled(String name, NeuronConfig config, double factor, double threshold) {
    return new SpikingNeurons(name, neuron(config, factor, threshold), null);
  }

  /** As {@link #scaled} with a learnable threshold. */
  static SpikingNeurons learnable(
      String name, NeuronConfig config, double factor, Parameter threshold) {
    return new SpikingNeurons(name, neuron(config, factor, config.threshold()), threshold);
  }

  /** The same neurons for another call, with a state of their own. */
  SpikingNeurons again() {
    return new SpikingNeurons(name, neuron, threshold);
  }

  private static Neuron neuron(NeuronConfig config, double factor, double threshold) {
    return new Neuron(
        (float) (1 - 1 / config.tau()),
        (float) (config.inputScale() * factor),
        (float) threshold,
        config.surrogate(),
        (float) config.alpha(),
        config.detachReset(),
        integers(config.integers()));
  }

  private static Neuron.Integers integers(IntegerFiring form) {
    return form == null
        ? null
        : new Neuron.Integers(form.levels(), form.rounding(), form.window(), form.unit());
  }

  private static Neuron withUnit(Neuron neuron, float unit) {
    Neuron.Integers form = neuron.integers();
    return form == null
        ? neuron
        : neuron.withIntegers(
            new Neuron.Integers(form.levels(), form.rounding(), form.window(), unit));
  }

  /** s = SN(x). */
  Tensor fire(Pass pass, Drive x) {
    return fire(pass, x, null);
  }

  /** s = SN(x), with x itself written to membrane unless that is null. */
  Tensor fire(Pass pass, Drive x, Tensor membrane) {
    Tensor spikes = pass.spikes(neuron, x.value().shape());
    fire(pass, x, membrane, spikes);
    return spikes;
  }

  /** s = SN(x), written to s. */
  void fireInto(Pass pass, Drive x, Tensor s) {
    fire(pass, x, null, s);
  }

  private void fire(Pass pass, Drive x, Tensor membrane, Tensor spikes) {
    drive = x;
    fired = threshold == null ? neuron : neuron.withThreshold(threshold.value().get(0));
    long[] counts = pass.counts() == null || name == null ? null : new long[pass.timesteps()];
    pass.kernels().fire(x, pass.timesteps(), fired, membrane, spikes, counts);
    if (counts != null) {
      pass.counts().show(name, spikes);
      long neurons = spikes.elements() / pass.timesteps();
      for (int t = 0; t < counts.length; t++) {
        if (neuron.integers() == null) {
          pass.counts().add(name, t, counts[t], neurons);
        } else {
          pass.counts().addSums(name, t, counts[t], neurons);
        }
      }
    }
  }

  /**
   * The gradient of the drive, in the buffer of ds, with its sums for the normalisation in front.
   */
  Tensor backward(Pass pass, Tensor ds, Normalisation norm) {
    run(pass, ds, null, ds, norm);
    return ds;
  }

  /** The gradient of the drive in a buffer of its own; ds, which a shortcut needs too, is left. */
  Tensor backwardFrom(Pass pass, Tensor ds, Normalisation norm) {
    Tensor dx = pass.product(ds.shape());
    run(pass, ds, null, dx, norm);
    return dx;
  }

  /** The gradient of a drive that is no normalisation's output, in the buffer of ds. */
  Tensor backward(Pass pass, Tensor ds) {
    run(pass, ds, null, ds, null);
    return ds;
  }

  /**
   * The gradient of a membrane potential that goes on to a shortcut, in the buffer of dU; gives ds
   * back.
   */
  Tensor backwardShortcut(Pass pass, Tensor ds, Tensor dU, Normalisation norm) {
    run(pass, ds, dU, dU, norm);
    pass.give(ds);
    return dU;
  }

  /**
   * The gradient of the drive in float32: in the buffer of ds if that is float32, else in one of
   * its own, and ds is given back.
   */
  Tensor backwardMembrane(Pass pass, Tensor ds) {
    if (ds.type() == DataType.FLOAT32) {
      return backward(pass, ds);
    }
    Tensor dU = pass.membrane(ds.shape());
    run(pass, ds, null, dU, null);
    pass.give(ds);
    return dU;
  }

  /** The gradient of a part of the drive that was formed again, written to dx. */
  void backwardInto(Pass pass, Drive part, Tensor ds, Tensor dx) {
    drive = part;
    run(pass, ds, null, dx, null);
  }

  private void run(Pass pass, Tensor ds, Tensor dU, Tensor dx, Normalisation norm) {
    double dThreshold =
        pass.kernels()
            .fireBackward(
                drive,
                pass.timesteps(),
                fired,
                ds,
                dU,
                dx,
                norm == null ? null : norm.centre(),
                norm == null ? null : norm.sums());
    if (threshold != null) {
      threshold.gradient().put(new float[] {(float) dThreshold});
    }
  }
}
