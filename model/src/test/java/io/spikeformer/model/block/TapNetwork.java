package io.spikeformer.model.block;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.BlockSpec.Firing;
import io.spikeformer.model.config.BlockSpec.Head.Readout;
import io.spikeformer.model.config.BlockSpec.Pooling;
import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * A network in which three blocks read the stem: a branch of the same size, the next stage, and
 * {@link TapSum} blocks that read stages of two sizes each. It has no neurons, so that finite
 * differences must find its gradients.
 *
 * <pre>
 * images -> stem -> side ------+
 *             | \              v
 *             |  +-> deep -> taps1 (side, deep) -+
 *             +--------------> taps2 (stem, taps1) -> head
 * </pre>
 */
public record TapNetwork(int timesteps, Precision precision) implements NetworkConfig {
  private static final int WIDTH = 8;

  @Override
  public String name() {
    return "taps";
  }

  @Override
  public int classes() {
    return 3;
  }

  @Override
  public int channels() {
    return 3;
  }

  @Override
  public NeuronConfig neuron() {
    return NeuronConfig.PAPER;
  }

  @Override
  public ClassifierHead head() {
    return ClassifierHead.PLAIN;
  }

  @Override
  public List<BlockSpec> blocks() {
    List<BlockSpec> blocks = new ArrayList<>();
    blocks.add(convolution("stem", BlockSpec.IMAGES, 3, 1));
    blocks.add(convolution("side", "stem", WIDTH, 1));
    blocks.add(convolution("deep", "stem", WIDTH, 2));
    blocks.add(new TapSum.Spec("taps1", List.of("side", "deep"), WIDTH, WIDTH, WIDTH));
    blocks.add(new TapSum.Spec("taps2", List.of("stem", "taps1"), WIDTH, WIDTH, WIDTH));
    blocks.add(
        new BlockSpec.Head("head", "taps2", WIDTH, classes(), Readout.MEAN, ClassifierHead.PLAIN));
    return blocks;
  }

  private static BlockSpec convolution(String name, String from, int inputs, int stride) {
    return new BlockSpec.Downsampling(
        name, from, inputs, WIDTH, 3, stride, Firing.NOWHERE, Pooling.NONE, Bias.ABSENT);
  }

  @Override
  public NetworkConfig withTimesteps(int newTimesteps) {
    return new TapNetwork(newTimesteps, precision);
  }

  @Override
  public NetworkConfig withPrecision(Precision newPrecision) {
    return new TapNetwork(timesteps, newPrecision);
  }

  /** Its neurons are fixed. */
  @Override
  public NetworkConfig withNeuron(NeuronConfig newNeuron) {
    return this;
  }

  /** It has maps for a head to read, and none of its own. */
  @Override
  public NetworkConfig withHead(ClassifierHead newHead) {
    return this;
  }

  /** Its channels are fixed, and it tells no classes apart. */
  @Override
  public NetworkConfig withData(int newChannels, int newClasses) {
    return this;
  }

  @Override
  public NetworkConfig inCircumstancesOf(NetworkConfig other) {
    return new TapNetwork(other.timesteps(), other.precision());
  }
}
