package io.spikeformer.model.block;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The layers of a block, declared once where they are made: all accounts follow from these. */
final class Layers {
  private final String block;
  private final List<CountedLayer> counted = new ArrayList<>();
  private final List<CountedLayer> operators = new ArrayList<>();
  private final Set<String> neurons = new LinkedHashSet<>();

  Layers(String block) {
    this.block = block;
  }

  /** The whole name of a layer of the block. */
  String name(String layer) {
    return block + "." + layer;
  }

  /** Declares a layer and the neurons that it reads. */
  void add(CountedLayer layer) {
    counted.add(layer);
    layer.neurons().ifPresent(neurons::add);
  }

  /** Declares a layer that accounts list before those declared so far. */
  void addFirst(CountedLayer layer) {
    counted.add(0, layer);
  }

  /** Declares an operation on spikes that accounts list apart, as free of charge. */
  void addOperator(CountedLayer layer) {
    operators.add(layer);
  }

  /** Declares neurons whose spikes are counted, and that feed no layer of the account. */
  void addNeurons(String name) {
    neurons.add(name);
  }

  List<CountedLayer> counted() {
    return List.copyOf(counted);
  }

  List<CountedLayer> operators() {
    return List.copyOf(operators);
  }

  List<String> neurons() {
    return List.copyOf(neurons);
  }
}
