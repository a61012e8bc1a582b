package io.spikeformer.model.memory;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.Pass;
import io.spikeformer.model.block.Workspace;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The passes of a replica on kernels that compute nothing: memory is taken and given back as in a
 * real step but not touched, so that it costs nothing.
 */
final class DryRun implements AutoCloseable {
  private final Workload workload;
  private final IdleKernels kernels;
  private final Workspace workspace = new Workspace();
  private final List<Block> blocks = new ArrayList<>();
  private final List<Tensor> owned = new ArrayList<>();
  private final Tensor input;
  private long parameters;
  private long largestParameter;

  DryRun(Workload workload) {
    this.workload = workload;
    this.kernels = new IdleKernels(workload.threads());
    NetworkConfig config = workload.config();
    config.blocks().forEach(spec -> add(Block.of(config, spec)));
    long images = (long) config.timesteps() * workload.batch();
    input = own(images, workload.height(), workload.width(), config.channels());
  }

  private void add(Block block) {
    long length = block.parameters().length();
    block.parameters().bindState(own(length));
    block.parameters().bindGradient(own(length));
    blocks.add(block);
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

  private Pass pass(Pass.Mode mode) {
    NetworkConfig config = workload.config();
    return new Pass(kernels, workspace, config.timesteps(), config.precision(), mode, null);
  }

  /** As {@link io.spikeformer.model.SpikeformerModel#step}. */
  DryRun step(Recompute recompute) {
    Pass pass = pass(Pass.Mode.training(recompute));
    Tensor output = input;
    for (Block block : blocks) {
      output = block.forward(pass, output);
    }
    Tensor dLogits = workspace.take(DataType.FLOAT32, output.shape());
    Tensor gradient = workspace.take(DataType.FLOAT32, output.shape());
    for (int i = blocks.size() - 1; i >= 0; i--) {
      gradient = blocks.get(i).backward(pass, gradient);
    }
    workspace.give(dLogits);
    return this;
  }

  /** As {@link io.spikeformer.model.SpikeformerModel#infer}. */
  DryRun infer() {
    Pass pass = pass(Pass.Mode.EVALUATION);
    Tensor output = input;
    Block previous = null;
    for (Block block : blocks) {
      output = block.forward(pass, output);
      if (previous != null) {
        previous.release();
      }
      previous = block;
    }
    blocks.forEach(Block::release);
    return this;
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
    workspace.close();
    owned.forEach(Tensor::close);
  }
}
