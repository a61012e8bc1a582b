package io.spikeformer.model.block;

import io.spikeformer.model.block.NormalisedConvolution.Folded;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Convolutions in a row without neurons between them, as the one dense convolution that they are in
 * evaluation. So every product of a chip reads spikes.
 */
final class MergedConvolution {
  private final String name;
  private final Convolution form;
  private final Supplier<Folded> chain;
  // null unless merged
  private Tensor weight;
  private Tensor bias;

  /**
   * A chain of a block.
   *
   * @param name within the block
   * @param chain gives the weights as parameters and statistics are now
   */
  MergedConvolution(
      Parameters p, String name, int inputs, int outputs, int window, Supplier<Folded> chain) {
    this.name = name;
    this.chain = chain;
    form = Convolution.merged(inputs, outputs, window);
    p.add(this);
  }

  /** Whether a pass runs the merged form. */
  boolean runs(Pass pass) {
    return weight != null && !pass.training();
  }

  /** The output plus a membrane shortcut or null, still to be formed. */
  Drive forward(Pass pass, Tensor x, Tensor shortcut) {
    return new Drive(form.forward(pass, x, weight, bias), null, null, shortcut);
  }

  /** Takes the merged form from the parameters and statistics as they are now. */
  void merge() {
    part();
    Folded folded = chain.get();
    weight = Tensor.allocate(DataType.FLOAT32, folded.weight().length);
    bias = Tensor.allocate(DataType.FLOAT32, folded.bias().length);
    weight.put(folded.weight());
    bias.put(folded.bias());
  }

  /** Gives the merged form up. */
  void part() {
    if (weight != null) {
      weight.close();
      bias.close();
      weight = null;
    }
  }

  /** Adds its name by the address of its weights. */
  void name(Map<Long, String> names) {
    names.put(weight.address(), name);
  }
}
