package io.spikeformer.model.block;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.MaskRcnnHeadSpec;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpnHeadSpec;
import io.spikeformer.model.config.YoloHeadSpec;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;

/**
 * A block of the network: membrane potentials, or sums of spikes, [N, H, W, C] in and [N, H', W',
 * C'] out, in float32. It may read several such maps, of other sizes and widths.
 *
 * <p>{@link #backward} belongs to the last {@link #forward} in training mode. The result of forward
 * stays valid until backward has run or the next forward begins.
 */
public abstract class Block {
  private final Parameters parameters = new Parameters();
  private final Layers layers;
  private Workspace.Scope kept;
  private Tensor[] inputs;
  private Tensor output;
  // of the inference form, or null
  private Kernels keeper;

  /** A block of a name. */
  Block(String name) {
    layers = new Layers(name);
  }

  /** The block of a specification. */
  public static Block of(NetworkConfig config, BlockSpec spec) {
    return spec.accept(new Builder(config.neuron()));
  }

  private record Builder(NeuronConfig neuron) implements BlockSpec.Visitor<Block> {
    @Override
    public Block downsampling(BlockSpec.Downsampling spec) {
      return new Downsampling(neuron, spec);
    }

    @Override
    public Block convolutional(BlockSpec.Convolutional spec) {
      return new ConvBlock(neuron, spec);
    }

    @Override
    public Block transformer(BlockSpec.Transformer spec) {
      return new TransformerBlock(neuron, spec);
    }

    @Override
    public Block residual(BlockSpec.Residual spec) {
      return new ResidualBlock(neuron, spec);
    }

    @Override
    public Block head(BlockSpec.Head spec) {
      return new Head(neuron, spec);
    }

    @Override
    public Block semanticFpnHead(SemanticFpnHeadSpec spec) {
      return new SemanticFpnHead(neuron, spec);
    }

    @Override
    public Block maskRcnnHead(MaskRcnnHeadSpec spec) {
      return new MaskRcnnHead(neuron, spec);
    }

    @Override
    public Block yoloHead(YoloHeadSpec spec) {
      return new YoloHead(neuron, spec);
    }
  }

  /** The tensors that this block trains or keeps statistics in. */
  public final Parameters parameters() {
    return parameters;
  }

  /** Its layers, in the order of accounts. */
  public final List<CountedLayer> layers() {
    return layers.counted();
  }

  /** Its attention operators, which accounts list apart. */
  public final List<CountedLayer> operators() {
    return layers.operators();
  }

  /** Names of the inputs of its layers at which spikes are counted, in the order of the data. */
  public final List<String> neuronLayers() {
    return layers.neurons();
  }

  /**
   * The largest sum of spikes that an input of its layers, and what it hands on, can be; 1 for
   * spikes and membrane potentials.
   *
   * @param received the largest value that it reads
   * @param reads takes each layer that reads sums, and the largest
   * @return the largest value that it hands on
   */
  public int largestSum(int received, ObjIntConsumer<String> reads) {
    return 1;
  }

  /** Where a block declares its layers. */
  final Layers declare() {
    return layers;
  }

  /**
   * Runs the block over all timesteps; what it reads stays as it is, and valid until backward has
   * run.
   */
  public final Tensor forward(Pass pass, Tensor... read) {
    inputs = read;
    output = recorded(pass, () -> run(pass, inputs));
    if (!pass.keepsInterior()) {
      kept.release(results(output));
    }
    return output;
  }

  /** The forward pass once more, for what it did not keep; its output is not needed again. */
  private void repeat(Pass pass) {
    recorded(
        pass,
        () -> {
          pass.give(run(pass, inputs));
          return null;
        });
  }

  private Tensor recorded(Pass pass, Supplier<Tensor> work) {
    release();
    Workspace.Scope scope = pass.workspace().open();
    try {
      return work.get();
    } finally {
      scope.close();
      kept = scope;
    }
  }

  /**
   * Backpropagation through time: fills the gradients of the parameters.
   *
   * @param gradient d(loss)/d(output), a workspace buffer that this call takes over
   * @return d(loss)/d(input), a workspace buffer for each input; none where that is data
   */
  public final List<Tensor> backward(Pass pass, Tensor gradient) {
    Pass complete = pass;
    if (!pass.keepsInterior()) {
      complete = pass.repetition();
      repeat(complete);
    }
    List<Tensor> result = runBackward(complete, gradient);
    release();
    return result;
  }

  /**
   * Takes the inference form: until {@link #thaw()}, evaluation passes run on weights into which
   * the parameters and running statistics of this moment are folded. The kernels keep these, and
   * weights without a normalisation, in their own order.
   */
  public final void freeze(Kernels kernels) {
    thaw();
    parameters.convolutions().forEach(convolution -> convolution.fold(kernels));
    parameters.plainWeights().forEach(weight -> kernels.keep(weight.value()));
    keeper = kernels;
  }

  /**
   * As {@link #freeze}, where also convolutions in a row without neurons between them are one.
   *
   * @param names receives the names of the layers by the addresses of their weights
   */
  public final void merge(Kernels kernels, Map<Long, String> names) {
    freeze(kernels);
    parameters.chains().forEach(MergedConvolution::merge);
    Map<Long, String> own = new LinkedHashMap<>();
    parameters
        .all()
        .forEach(
            parameter ->
                own.put(
                    parameter.value().address(), parameter.name().replaceFirst("\\.weight$", "")));
    parameters.convolutions().forEach(convolution -> convolution.name(own));
    parameters.chains().forEach(chain -> chain.name(own));
    own.forEach((address, name) -> names.put(address, layers.name(name)));
  }

  /** Reserves the memory of the inference form, for passes that compute nothing. */
  public final void reserveInferenceForm() {
    parameters.convolutions().forEach(NormalisedConvolution::reserveFolded);
  }

  /** Evaluation passes follow the parameters again. */
  public final void thaw() {
    parameters.convolutions().forEach(NormalisedConvolution::unfold);
    if (keeper != null) {
      parameters.plainWeights().forEach(weight -> keeper.forget(weight.value()));
      keeper = null;
    }
    parameters.chains().forEach(MergedConvolution::part);
  }

  /** Gives back the output of a training pass before the backward pass, which needs none. */
  final void releaseOutput(Pass pass) {
    pass.spent(output);
  }

  /** Gives back what the last pass kept. */
  public final void release() {
    if (kept != null) {
      kept.release(List.of());
      kept = null;
    }
  }

  /** The tensors that stay after an evaluation pass: its output and the parts of it. */
  List<Tensor> results(Tensor output) {
    return List.of(output);
  }

  abstract Tensor run(Pass pass, Tensor[] read);

  abstract List<Tensor> runBackward(Pass pass, Tensor gradient);
}
