package io.spikeformer.model.block;

import io.spikeformer.model.box.RegionMeans;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * A layer of a block as accounts of parameters, operations and energy list it.
 *
 * @param name of its row, for example stage3.block2.linear1
 * @param neurons those whose spikes it reads, named after the layer that they feed; empty if it
 *     reads real numbers
 * @param maps where its outputs are; several if it runs on several maps
 * @param normalised whether a batch normalisation is behind it
 * @param merged the operation that counts where linear chains are merged (docs/energy.md)
 * @param parts the operations that are executed
 */
public record CountedLayer(
    String name,
    Optional<String> neurons,
    List<OutputMap> maps,
    boolean normalised,
    Operation merged,
    List<Operation> parts) {

  /**
   * Where a layer's outputs are.
   *
   * @param input number of the block's input whose size decides, from 0
   * @param size height or width of the output from that of the input
   * @param copies how many maps of that size there are
   */
  public record OutputMap(int input, IntUnaryOperator size, Copies copies) {
    /** As large as what the block reads first. */
    static final OutputMap SAME = new OutputMap(0, IntUnaryOperator.identity());

    /** One map. */
    public OutputMap(int input, IntUnaryOperator size) {
      this(input, size, Copies.ONE);
    }

    /** A map of a side for each region. */
    static OutputMap regions(Copies regions, int side) {
      return new OutputMap(0, size -> side, regions);
    }

    /** The map behind a convolution of this one. */
    OutputMap behind(Convolution convolution) {
      return new OutputMap(input, size.andThen(convolution::outputSize));
    }
  }

  /** How many maps an image gives. */
  public enum Copies {
    /** One. */
    ONE,
    /** One for each region of a box head. */
    BOX_REGIONS,
    /** One for each region of a mask head. */
    MASK_REGIONS;

    /** Their mean number. */
    public double in(RegionMeans regions) {
      return switch (this) {
        case ONE -> 1;
        case BOX_REGIONS -> regions.boxes();
        case MASK_REGIONS -> regions.masks();
      };
    }
  }

  /**
   * The operation of a layer.
   *
   * @param text for example "dense 3x3 convolution"
   * @param macs multiply-accumulate operations of one output position, were all inputs nonzero
   */
  public record Operation(String text, long macs) {
    private Operation called(String newText) {
      return new Operation(newText, macs);
    }

    private Operation times(int count) {
      return count == 1 ? this : new Operation(count + " " + text + "s", count * macs);
    }
  }

  /** Convolutions in a row, which merge into one with the largest of their windows. */
  static CountedLayer of(String name, OutputMap map, List<Convolution> chain) {
    Convolution first = chain.get(0);
    Convolution last = chain.get(chain.size() - 1);
    int window = chain.stream().mapToInt(Convolution::window).max().orElseThrow();
    Operation merged =
        chain.size() == 1
            ? first.operation()
            : Convolution.denseOperation(window, first.inputs(), last.outputs());
    return new CountedLayer(name, Optional.of(name), List.of(map), true, merged, parts(chain));
  }

  private static List<Operation> parts(List<Convolution> chain) {
    List<Operation> parts = new ArrayList<>();
    for (Convolution convolution : chain) {
      Operation operation = convolution.operation();
      boolean again = parts.stream().anyMatch(part -> part.text.equals(operation.text));
      parts.add(again ? operation.called("second " + operation.text) : operation);
    }
    return parts;
  }

  /** A layer that is no convolution. */
  static CountedLayer of(String name, OutputMap map, Operation operation) {
    return new CountedLayer(
        name, Optional.of(name), List.of(map), false, operation, List.of(operation));
  }

  /** So many beside each other, which read the same spikes. */
  CountedLayer times(int count) {
    List<Operation> each = parts.stream().map(part -> part.times(count)).toList();
    return new CountedLayer(name, neurons, maps, normalised, merged.times(count), each);
  }

  /** The same under another word, for a layer of one part. */
  CountedLayer called(String text) {
    return counting(merged.called(text));
  }

  /** The same with another operation in both conventions. */
  CountedLayer counting(Operation operation) {
    return new CountedLayer(name, neurons, maps, normalised, operation, List.of(operation));
  }

  /** The same without a batch normalisation behind it. */
  CountedLayer withoutNorm() {
    return new CountedLayer(name, neurons, maps, false, merged, parts);
  }

  /** The same behind other neurons; null where it reads real numbers. */
  CountedLayer reading(String otherNeurons) {
    return new CountedLayer(
        name, Optional.ofNullable(otherNeurons), maps, normalised, merged, parts);
  }

  /** The same run on several maps. */
  CountedLayer on(List<OutputMap> several) {
    return new CountedLayer(name, neurons, several, normalised, merged, parts);
  }
}
