package io.spikeformer.model.block;

import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.FrozenParts;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.config.Recompute;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.Tensor;

/**
 * Everything that a block needs to run: kernels, buffers and the circumstances of the pass.
 *
 * @param kernels numeric work
 * @param workspace buffers of the replica
 * @param timesteps T
 * @param precision number format of the products
 * @param mode which statistics normalise, and what is kept
 * @param counts receives the spikes of every neuron layer, or null
 * @param statistics whether the running statistics normalise in training too
 * @param regions chooses the regions that a detector's heads read; null for other networks, and in
 *     a repetition, which reads the same again
 */
public record Pass(
    Kernels kernels,
    Workspace workspace,
    int timesteps,
    Precision precision,
    Mode mode,
    FiringCounts counts,
    FrozenParts.Normalisation statistics,
    RegionChooser regions) {

  /** Which statistics normalise, and what a block keeps for the backward pass. */
  public enum Mode {
    /** Batch statistics; everything the backward pass needs is kept. */
    TRAINING,
    /** Batch statistics; a block keeps its input and output, and its backward pass repeats it. */
    SPARING_TRAINING,
    /**
     * The forward pass once more, with the coefficients that the first one got from the batch
     * statistics; everything the backward pass needs is kept.
     */
    REPETITION,
    /** Running statistics; nothing is kept. */
    EVALUATION;

    /** Training in which so much is computed again. */
    public static Mode training(Recompute recompute) {
      return recompute == Recompute.BLOCK ? SPARING_TRAINING : TRAINING;
    }
  }

  /** A pass in which no statistics are frozen, and no regions are chosen. */
  public Pass(
      Kernels kernels,
      Workspace workspace,
      int timesteps,
      Precision precision,
      Mode mode,
      FiringCounts counts) {
    this(
        kernels,
        workspace,
        timesteps,
        precision,
        mode,
        counts,
        FrozenParts.Normalisation.NONE,
        null);
  }

  /** Whether training leaves the running statistics, which normalise then. */
  boolean keepsStatistics() {
    return statistics == FrozenParts.Normalisation.STATISTICS;
  }

  boolean training() {
    return mode != Mode.EVALUATION;
  }

  /** Whether what a block computes between its input and its output stays for its backward pass. */
  boolean keepsInterior() {
    return mode == Mode.TRAINING || mode == Mode.REPETITION;
  }

  /** The second forward pass of {@link Mode#SPARING_TRAINING}; its spikes were counted before. */
  Pass repetition() {
    return new Pass(
        kernels, workspace, timesteps, precision, Mode.REPETITION, null, statistics, null);
  }

  /** The same for a block that is not trained. */
  Pass evaluation() {
    return new Pass(
        kernels,
        workspace,
        timesteps,
        precision,
        Mode.EVALUATION,
        counts,
        FrozenParts.Normalisation.NONE,
        regions);
  }

  /** The same for a part of the network that runs once, whatever T. */
  Pass once() {
    return new Pass(kernels, workspace, 1, precision, mode, counts, statistics, regions);
  }

  /** Element type of what products write: convolution outputs and their gradients. */
  DataType productType() {
    return precision == Precision.BFLOAT16 ? DataType.BFLOAT16 : DataType.FLOAT32;
  }

  /** A buffer for a convolution's output or a gradient of it, or for that of spikes. */
  Tensor product(long... shape) {
    return workspace.take(productType(), shape);
  }

  /** A buffer for spikes: bits, unless the channels do not fill whole bytes. */
  Tensor spikes(long... shape) {
    return workspace.take(wholeBytes(shape) ? DataType.BIT : productType(), shape);
  }

  /** A buffer for what neurons fire: spikes, or integers as a plane of bits for each level. */
  Tensor spikes(Neuron neuron, long... shape) {
    return neuron.integers() != null && wholeBytes(shape)
        ? workspace.takeIntegers(neuron.integers().levels(), neuron.integers().unit(), shape)
        : spikes(shape);
  }

  private static boolean wholeBytes(long... shape) {
    return shape[shape.length - 1] % DataType.PER_BYTE == 0;
  }

  /** A buffer for membrane potentials or their gradient. */
  Tensor membrane(long... shape) {
    return workspace.take(DataType.FLOAT32, shape);
  }

  /** Gives back what only a backward pass would need again. */
  void done(Tensor tensor) {
    if (!keepsInterior()) {
      workspace.give(tensor);
    }
  }

  void give(Tensor tensor) {
    workspace.give(tensor);
  }

  /** Gives back what the forward pass kept and the backward pass has read for the last time. */
  void spent(Tensor kept) {
    workspace.give(kept);
  }
}
