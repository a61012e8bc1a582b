package io.spikeformer.model;

import io.spikeformer.common.Text;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The outputs of a network's head for a batch: named float32 tensors outside the heap, in the
 * head's order.
 *
 * <p>They are the model's own buffers: after {@link SpikeformerModel#infer} they hold until its
 * next pass, in a {@link TrainingLoss} until that returns.
 */
public final class Outputs {
  private final Map<String, Tensor> values;
  private final Map<String, Tensor> gradients;
  private final Map<String, Tensor> timesteps;
  private final BlockSpec head;
  private final RegionChooser chooser;

  /**
   * Outputs of a pass.
   *
   * @param values by name
   * @param gradients of the same names and shapes in training, none in evaluation
   * @param timesteps [T, ...] of those outputs that the head forms at each timestep
   */
  public Outputs(
      Map<String, Tensor> values, Map<String, Tensor> gradients, Map<String, Tensor> timesteps) {
    this(values, gradients, timesteps, null, null);
  }

  private Outputs(
      Map<String, Tensor> values,
      Map<String, Tensor> gradients,
      Map<String, Tensor> timesteps,
      BlockSpec head,
      RegionChooser chooser) {
    this.values = new LinkedHashMap<>(values);
    this.gradients = new LinkedHashMap<>(gradients);
    this.timesteps = new LinkedHashMap<>(timesteps);
    this.head = head;
    this.chooser = chooser;
    if (!gradients.isEmpty() && !gradients.keySet().equals(values.keySet())) {
      throw new IllegalArgumentException(
          Text.format(
              "outputs: expected gradients of %s, found those of %s",
              values.keySet(), gradients.keySet()));
    }
  }

  /** Names in the head's order. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /**
   * An output, for example [B, classes].
   *
   * @throws IllegalArgumentException if the head has none of this name
   */
  public Tensor value(String name) {
    return known(values, name);
  }

  /**
   * Where a loss writes d(mean loss)/d(output): of the output's shape, zeros at first.
   *
   * @throws IllegalArgumentException if the head has no such output, or the pass is an evaluation
   */
  public Tensor gradient(String name) {
    return known(gradients, name);
  }

  /**
   * An output at every timestep, [T, ...], whose mean over the timesteps is {@link #value}; empty
   * in training, and for outputs that a head forms once.
   */
  public Optional<Tensor> timesteps(String name) {
    return Optional.ofNullable(timesteps.get(name));
  }

  /** The same outputs with the description of the head that gave them. */
  public Outputs of(BlockSpec newHead) {
    return new Outputs(values, gradients, timesteps, newHead, chooser);
  }

  /** The description of the head that gave them, if it was named and is of a kind. */
  public <S extends BlockSpec> Optional<S> head(Class<S> kind) {
    return Optional.ofNullable(head).filter(kind::isInstance).map(kind::cast);
  }

  /** The same outputs with the one that chose the regions of their pass. */
  public Outputs chosenBy(RegionChooser regions) {
    return new Outputs(values, gradients, timesteps, head, regions);
  }

  /** The one that chose the regions of their pass, if it was named. */
  public Optional<RegionChooser> chooser() {
    return Optional.ofNullable(chooser);
  }

  private static Tensor known(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(
          Text.format("outputs: expected one of %s, found '%s'", tensors.keySet(), name));
    }
    return tensor;
  }
}
