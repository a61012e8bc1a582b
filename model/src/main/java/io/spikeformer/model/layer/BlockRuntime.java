package io.spikeformer.model.layer;

import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.Pass;
import io.spikeformer.model.block.Workspace;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the layers of one graph share: kernels, buffers, and the gradient on its way from block to
 * block.
 */
public final class BlockRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockRuntime.class);

  private final NetworkConfig config;
  private final Kernels kernels;
  private final Precision precision;
  private final Workspace workspace = new Workspace();
  private Pass.Mode training = Pass.Mode.TRAINING;
  private FiringCounts counts;
  private Tensor gradient;
  private Block previous;

  /** A runtime for one graph; the kernels stay the caller's. */
  public BlockRuntime(NetworkConfig config, Kernels kernels) {
    this.config = config;
    this.kernels = kernels;
    this.precision = precision(config, kernels);
  }

  private static Precision precision(NetworkConfig config, Kernels kernels) {
    if (config.precision() == Precision.BFLOAT16 && kernels.bfloat16Obstacle().isPresent()) {
      LOG.warn("precision: bfloat16 falls back to float32: {}", kernels.bfloat16Obstacle().get());
      return Precision.FLOAT32;
    }
    return config.precision();
  }

  public Kernels kernels() {
    return kernels;
  }

  public Workspace workspace() {
    return workspace;
  }

  /** Counts the spikes of later passes, or stops counting if null. */
  public void collect(FiringCounts newCounts) {
    counts = newCounts;
  }

  /** Decides what the forward passes of later training steps keep. */
  public void recompute(Recompute recompute) {
    training = Pass.Mode.training(recompute);
  }

  Pass training() {
    return pass(training);
  }

  Pass evaluation() {
    return pass(Pass.Mode.EVALUATION);
  }

  private Pass pass(Pass.Mode mode) {
    return new Pass(kernels, workspace, config.timesteps(), precision, mode, counts);
  }

  /** Runs a block; in evaluation the output of the block before is not needed any more then. */
  Tensor forward(Block block, Pass pass, Tensor u) {
    Tensor output = block.forward(pass, u);
    boolean evaluation = pass.mode() == Pass.Mode.EVALUATION;
    if (evaluation && previous != null && previous != block) {
      previous.release();
    }
    previous = evaluation ? block : null;
    return output;
  }

  /** The workspace buffer behind an epsilon: the one that the next block handed over, or a copy. */
  Tensor take(INDArray epsilon) {
    INDArray dense = NdArrays.dense(epsilon);
    Tensor view = NdArrays.tensor(dense);
    if (gradient != null && gradient.address() == view.address()) {
      Tensor handed = gradient;
      gradient = null;
      return handed;
    }
    Tensor copy = workspace.take(view.type(), view.shape());
    copy.copyFrom(view);
    return copy;
  }

  /** Hands a gradient over to the block before; null for none. */
  INDArray hand(Tensor newGradient) {
    gradient = newGradient;
    return newGradient == null ? null : NdArrays.array(newGradient);
  }

  @Override
  public void close() {
    workspace.close();
  }
}
