package io.spikeformer.model.memory;

import io.spikeformer.model.block.Activations;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.Pass;
import io.spikeformer.model.block.Workspace;
import io.spikeformer.model.box.RegionCounts;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The passes of a replica on kernels that compute nothing: memory is taken and given back as in a
 * real step but not touched, so that it costs nothing. A detector has as many regions as there can
 * be.
 */
final class DryRun implements AutoCloseable {
  private final Workload workload;
  private final IdleKernels kernels;
  private final Workspace workspace = new Workspace();
  private final Collection<Block> made;
  private final List<String> blocks;
  private final Activations activations;
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor input;
  private long parameters;
  private long largestParameter;

  DryRun(Workload workload) {
    this.workload = workload;
    this.kernels = new IdleKernels(workload.threads());
    NetworkConfig config = workload.config();
    Map<BlockSpec, Block> bySpec = new LinkedHashMap<>();
    config.blocks().forEach(spec -> bySpec.put(spec, Block.of(config, spec)));
    made = bySpec.values();
    made.forEach(this::bind);
    blocks = config.blocks().stream().map(BlockSpec::name).toList();
    activations = new Activations(bySpec);
    long images = (long) config.timesteps() * workload.batch();
    input = own(images, workload.height(), workload.width(), config.channels());
  }

  private void bind(Block block) {
    long length = block.parameters().length();
    block.parameters().bindState(own(length));
    block.parameters().bindGradient(own(length));
    parameters += length;
    block
        .parameters()
        .all()
        .forEach(parameter -> largestParameter = Math.max(largestParameter, parameter.length()));
  }

  private Tensor own(long... shape) {
    Tensor tensor = Tensor.allocate(DataType.FLOAT32, shape);
    owned.add(tensor);
    return tensor;
  }

  private Pass pass(Pass.Mode mode, RegionCounts counts) {
    NetworkConfig config = workload.config();
    return new Pass(
        kernels,
        workspace,
        config.timesteps(),
        config.precision(),
        mode,
        null,
        FrozenParts.Normalisation.NONE,
        new MostRegions(workload.batch(), counts));
  }

  /** As {@link io.spikeformer.model.SpikeformerModel#step}. */
  DryRun step(Recompute recompute) {
    Pass pass = pass(Pass.Mode.training(recompute), RegionCounts.TRAINING);
    Tensor output = forward(pass);
    String last = blocks.get(blocks.size() - 1);
    Tensor gradient = workspace.take(DataType.FLOAT32, output.shape());
    activations.outputIsRead(pass, last);
    activations.gradient(last, gradient);
    for (int i = blocks.size() - 1; i >= 0; i--) {
      activations.backward(pass, blocks.get(i));
    }
    return this;
  }

  /** As {@link io.spikeformer.model.SpikeformerModel#infer}. */
  DryRun infer() {
    made.forEach(Block::reserveInferenceForm);
    forward(pass(Pass.Mode.EVALUATION, RegionCounts.EVALUATION));
    activations.release();
    return this;
  }

  private Tensor forward(Pass pass) {
    activations.images(input);
    Tensor output = input;
    for (String block : blocks) {
      output = activations.forward(pass, block);
    }
    return output;
  }

  /** Bytes of the activation buffers: those of a replica after the same passes. */
  long workspaceBytes() {
    return workspace.bytes();
  }

  long inputBytes() {
    return input.byteSize();
  }

  /** Bytes of all parameters and statistics. */
  long parameterBytes() {
    return DataType.FLOAT32.byteSize(parameters);
  }

  /** Bytes of the largest tensor among them. */
  long largestParameterBytes() {
    return DataType.FLOAT32.byteSize(largestParameter);
  }

  long scratchBytes() {
    return kernels.scratchBytes();
  }

  @Override
  public void close() {
    made.forEach(Block::thaw);
    workspace.close();
    owned.forEach(Tensor::close);
  }
}
