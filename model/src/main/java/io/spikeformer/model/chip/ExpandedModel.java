package io.spikeformer.model.chip;

import io.spikeformer.common.Check;
import io.spikeformer.common.UserException;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.Ranking;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.chip.ChipKernels.Form;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import java.util.List;

/**
 * A trained network of integers, run as a chip would: D binary spikes for an integer, additions
 * alone. Every batch also runs with integers, and the two are compared.
 */
public final class ExpandedModel implements AutoCloseable {
  private final ExpansionCounts counts = new ExpansionCounts();
  private final ChipKernels chip;
  private final SpikeformerModel model;
  // null: nothing is counted
  private FiringCounts firing;

  /**
   * A network and its state.
   *
   * @param state as of {@link SpikeformerModel#state()}
   * @param kernels for everything except the products of integers
   * @throws UserException if it fires no integers
   */
  public ExpandedModel(
      NetworkConfig config, float[] state, Kernels kernels, ChipArithmetic arithmetic) {
    requireIntegers(config);
    chip = new ChipKernels(kernels, arithmetic, counts);
    model = SpikeformerModel.create(config, chip.kernels(), 0);
    model.state().put(state);
    chip.names(model.merge());
  }

  /**
   * Refuses a network that has nothing to expand.
   *
   * @throws UserException if it fires no integers
   */
  public static void requireIntegers(NetworkConfig config) {
    if (config.neuron().integers() == null || config.neuron().integers().levels() == 1) {
      throw new UserException(
          "expand: expected a model that fires integers, found %s, whose neurons fire binary spikes"
              + " already; leave --expand out",
          config.name());
    }
    List<BlockSpec> blocks = config.blocks();
    if (!(blocks.get(blocks.size() - 1) instanceof BlockSpec.Head)) {
      throw new UserException(
          "expand: expected a classifier, found %s, which has another head; leave --expand out",
          config.name());
    }
  }

  /** The outputs of the run on spikes, valid until the next pass; both runs are compared. */
  public Outputs infer(Images images) {
    model.collect(null);
    chip.begin(Form.INTEGERS);
    float[] integerLogits = ClassLogits.mean(model.infer(images));
    List<byte[]> integers = chip.fired();
    FiringCounts pass = new FiringCounts(model.config().timesteps());
    model.collect(pass);
    chip.begin(Form.SPIKES);
    Outputs outputs = model.infer(images);
    compare(integers, chip.fired());
    countSlots(pass.layers(), chip.fired());
    if (firing != null) {
      firing.merge(pass);
    }
    compareAnswers(integerLogits, ClassLogits.mean(outputs), images.batch());
    return outputs;
  }

  private void compare(List<byte[]> integers, List<byte[]> spikes) {
    for (int layer = 0; layer < integers.size(); layer++) {
      byte[] left = integers.get(layer);
      byte[] right = spikes.get(layer);
      long differing = 0;
      for (int i = 0; i < left.length; i++) {
        differing += left[i] == right[i] ? 0 : 1;
      }
      counts.addIntegers(left.length, differing);
    }
  }

  /** A pass names each of its layers of neurons once, in the order in which they fire. */
  private void countSlots(List<String> layers, List<byte[]> spikes) {
    Check.that(
        layers.size() == spikes.size(),
        "expansion: expected a name for each of %s layers of neurons, found %s",
        spikes.size(),
        layers.size());
    int levels = model.config().neuron().integers().levels();
    for (int layer = 0; layer < layers.size(); layer++) {
      counts.addSlots(layers.get(layer), levels, spikes.get(layer));
    }
  }

  private void compareAnswers(float[] integers, float[] spikes, int images) {
    int classes = integers.length / images;
    long differing = 0;
    for (int image = 0; image < images; image++) {
      int from = image * classes;
      differing +=
          Ranking.best(integers, from, classes) == Ranking.best(spikes, from, classes) ? 0 : 1;
    }
    counts.addAnswers(images, differing);
  }

  /** Counts what later runs on spikes fire; stops counting if null. */
  public void collect(FiringCounts newFiring) {
    firing = newFiring;
  }

  /** The network, which nothing else may run. */
  public SpikeformerModel model() {
    return model;
  }

  /** The comparison so far. */
  public ExpansionCounts counts() {
    return counts;
  }

  @Override
  public void close() {
    model.close();
  }
}
