package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.ClassifierHead;
import io.spikeformer.model.config.NetworkConfig;
import java.util.Optional;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** Changes to a known network: the size of its images and its head. */
public final class NetworkOptions {
  @Option(
      names = "--size",
      paramLabel = "PX",
      description =
          "Height and width of the images (default: 224, 32 for tiny, or 512 for a Semantic FPN).",
      showDefaultValue = Visibility.NEVER,
      converter = PositiveNumber.class)
  private int size;

  @Option(
      names = "--head",
      paramLabel = "NAME",
      description =
          "plain (the default), or distilled: with a second linear layer for a teacher's answers.",
      showDefaultValue = Visibility.NEVER)
  private ClassifierHead head;

  @Option(
      names = "--levels",
      paramLabel = "D",
      description =
          "Neurons fire integers from 0 to D in training, 1 to 8, in place of spikes"
              + " (docs/integer.md).",
      showDefaultValue = Visibility.NEVER,
      converter = PositiveNumber.class)
  private Integer levels;

  /**
   * A preset with these differences.
   *
   * @throws IllegalArgumentException if it cannot have them
   */
  public NetworkConfig apply(NetworkConfig preset) {
    NetworkConfig headed = preset.withHead(head == null ? ClassifierHead.PLAIN : head);
    return levels == null ? headed : headed.withNeuron(headed.neuron().withLevels(levels));
  }

  /** The option that a trained model decides and that was given, if there is one. */
  public Optional<String> fixedByTraining() {
    if (head != null) {
      return Optional.of("--head: a model has the head of its training");
    }
    return levels == null
        ? Optional.empty()
        : Optional.of("--levels: a model has the neurons of its training");
  }

  /** Height and width of an image in pixels, or what is usual if none was given. */
  public int size(int usual) {
    return size > 0 ? size : usual;
  }
}
