package io.spikeformer.model.block;

import io.spikeformer.common.Text;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NetworkConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each tensor lies in the flat state vector of a model.
 *
 * <p>The vector holds the trainable parameters and, as DL4J does it, the running statistics of
 * batch normalisation between them, in the order of the blocks.
 */
public final class ParameterLayout {
  /** Share of a minibatch in a running statistic: its momentum, as PyTorch calls it. */
  public static final double STATISTIC_MOMENTUM = Normalisation.MOMENTUM;

  /** The kind of a tensor. It decides whether the tensor is trained. */
  public enum Kind {
    /** Weights of convolutions and linear layers: trained. */
    WEIGHT(true),
    /** Biases: trained. */
    BIAS(true),
    /** Scale and shift of batch normalisation: trained. */
    NORMALISATION(true),
    /** Learnable firing threshold: trained. */
    THRESHOLD(true),
    /** Running mean and variance of batch normalisation: not trained. */
    STATISTIC(false);

    private final boolean trainable;

    Kind(boolean trainable) {
      this.trainable = trainable;
    }

    /** Whether an optimizer updates it. */
    public boolean trainable() {
      return trainable;
    }
  }

  /** The part of a network that a tensor belongs to. */
  public enum Part {
    /** The stages. */
    BACKBONE,
    /** The blocks that bring the maps of several stages together. */
    NECK,
    /** The blocks that give the outputs. */
    HEAD
  }

  /**
   * One tensor.
   *
   * @param name block and tensor, for example stage1.conv_block1/pointwise1.weight
   * @param kind what it is
   * @param part where in the network it is
   * @param shape as in PyTorch: [outputs, inputs, window, window], [outputs, inputs] or [channels]
   * @param offset first element in the flat vector
   * @param length number of elements
   */
  public record Entry(
      String name, Kind kind, Part part, List<Integer> shape, long offset, long length) {
    /** The name of its block. */
    public String block() {
      return name.substring(0, Math.max(0, name.indexOf('/')));
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final long length;

  /** A layout of contiguous entries. */
  public ParameterLayout(List<Entry> entries) {
    long next = 0;
    for (Entry entry : entries) {
      if (entry.offset() != next || this.entries.put(entry.name(), entry) != null) {
        throw new IllegalArgumentException(
            Text.format(
                "layout: expected contiguous, uniquely named tensors, found %s at %s",
                entry, next));
      }
      next += entry.length();
    }
    this.length = next;
  }

  /** The layout of a model: the tensors of its blocks, one after the other. */
  public static ParameterLayout of(NetworkConfig config) {
    List<Entry> entries = new ArrayList<>();
    long offset = 0;
    for (BlockSpec spec : config.blocks()) {
      for (Parameter parameter : Block.of(config, spec).parameters().all()) {
        String name = spec.name() + "/" + parameter.name();
        entries.add(
            new Entry(
                name,
                parameter.kind(),
                parameter.part(),
                parameter.shape(),
                offset,
                parameter.length()));
        offset += parameter.length();
      }
    }
    return new ParameterLayout(entries);
  }

  /** All tensors in order. */
  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  /**
   * One tensor by name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(Text.format("layout: no tensor named '%s'", name));
    }
    return entry;
  }

  /** Elements of the flat vector, statistics included. */
  public long length() {
    return length;
  }

  /** Number of trained parameters: what papers quote. */
  public long trainable() {
    return entries.values().stream()
        .filter(e -> e.kind().trainable())
        .mapToLong(Entry::length)
        .sum();
  }
}
