package io.spikeformer.jobs.cli;

import io.spikeformer.model.config.ClassifierHead;
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

  /** Height and width of an image in pixels, or what is usual if none was given. */
  public int size(int usual) {
    return size > 0 ? size : usual;
  }

  /** The head, if one was given. */
  public Optional<ClassifierHead> head() {
    return Optional.ofNullable(head);
  }
}
