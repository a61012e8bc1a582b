package io.spikeformer.model.layer;

import io.spikeformer.model.block.Activations;
import io.spikeformer.model.block.Block;
import io.spikeformer.model.block.FiringCounts;
import io.spikeformer.model.block.Pass;
import io.spikeformer.model.block.Workspace;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the layers of one graph share: kernels, buffers, and what the blocks hand on.
 *
 * <p>Maps and gradients go from block to block by name, in {@link Activations}. DL4J sees the maps
 * as arrays over the same memory; of gradients it sees a token, because it would add those of
 * several readers in an order of its own.
 */
public final class BlockRuntime implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockRuntime.class);

  private final NetworkConfig config;
  private final Kernels kernels;
  private final Precision precision;
  private final Workspace workspace = new Workspace();
  private Pass.Mode training = Pass.Mode.TRAINING;
  private FrozenParts.Normalisation statistics = FrozenParts.Normalisation.NONE;
  private FiringCounts counts;
  private RegionChooser regions;
  private final Activations activations;
  private final INDArray token = Nd4j.zeros(1);

  /** A runtime for the blocks of one graph; the kernels stay the caller's. */
  public BlockRuntime(NetworkConfig config, Map<BlockSpec, Block> blocks, Kernels kernels) {
    this.activations = new Activations(blocks);
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

  /** Takes what chooses the regions of later passes of a detector, or null. */
  public void chooseRegions(RegionChooser chooser) {
    regions = chooser;
  }

  /** Decides what the forward passes of later training steps keep. */
  public void recompute(Recompute recompute) {
    training = Pass.Mode.training(recompute);
  }

  /** Decides what later training steps leave as it is. */
  public void freeze(FrozenParts frozen) {
    activations.freeze(frozen.blocks(config));
    statistics = frozen.normalisation();
  }

  private Pass pass(Pass.Mode mode) {
    return new Pass(
        kernels, workspace, config.timesteps(), precision, mode, counts, statistics, regions);
  }

  /** The input of the network. */
  void images(Tensor images) {
    activations.images(images);
  }

  /** Runs a block on what it reads. */
  Tensor forward(String block, boolean training) {
    return activations.forward(pass(training ? this.training : Pass.Mode.EVALUATION), block);
  }

  /** Runs a block backward; the epsilon counts where no gradient has come by name. */
  void backward(String block, INDArray epsilon) {
    if (activations.frozen(block)) {
      return;
    }
    if (!activations.hasGradient(block)) {
      Tensor given = NdArrays.tensor(NdArrays.dense(epsilon));
      Tensor copy = workspace.take(given.type(), given.shape());
      copy.copyFrom(given);
      activations.gradient(block, copy);
    }
    activations.backward(pass(training), block);
  }

  /**
   * Takes over the gradient of the network's output, which nobody reads any more: a workspace
   * buffer.
   */
  public void gradient(String block, Tensor gradient) {
    activations.outputIsRead(pass(training), block);
    activations.gradient(block, gradient);
  }

  /** Stands for every gradient on its way through DL4J. */
  public INDArray token() {
    return token;
  }

  /** Gives back what the last pass has left. */
  public void release() {
    activations.release();
  }

  @Override
  public void close() {
    workspace.close();
    NdArrays.free(token);
  }
}
