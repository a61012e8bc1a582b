package io.spikeformer.model.kernel;

import java.util.List;
import java.util.Optional;

/**
 * The numeric work of the network, on [rows, C] tensors with C contiguous and time outermost.
 *
 * <p>Stateless as seen from outside: a result depends on the arguments alone, bit for bit, for a
 * given number of threads. An implementation may keep compiled primitives and scratch memory, so an
 * instance serves one thread at a time. Shapes are validated where a block is built; these methods
 * assume that they fit. Weights and gradients of weights are float32 in PyTorch's order [outputs,
 * inputs, window, window]; activations and their gradients are float32 or bfloat16 as the tensors
 * say. Spikes may be bits wherever they are read, and where {@link #fire}, {@link #affine} and
 * {@link #scaleTokens} write. Integers may be planes of bits wherever they are read, and where
 * {@link #fire}, {@link #maxPool} and {@link #copyChannels} write, from as many planes.
 */
public interface Kernels extends AutoCloseable {
  /** The label, as an unsigned byte, of pixels that do not count. */
  int IGNORED = 255;

  /** What the lengths of rows of whole numbers are multiples of. */
  int ROW = 16;

  /**
   * Promises that the weights of convolutions stay as they are until {@link #forget}, so that what
   * is derived from them, such as another order, may be kept.
   */
  void keep(Tensor weights);

  /** Ends the promise of {@link #keep}. */
  void forget(Tensor weights);

  /** Name for logs and reports. */
  String name();

  /** Why products of bfloat16 cannot be computed as such here; empty if they can. */
  Optional<String> bfloat16Obstacle();

  /** Number of threads that a call uses. */
  int threads();

  /** Bits of the vectors that the kernels compute with; 0 for plain loops. */
  default int vectorBits() {
    return 0;
  }

  /** Instruction sets that decide which code computes, in a fixed order; none for plain loops. */
  default List<String> processorFeatures() {
    return List.of();
  }

  /** y = x * weights + bias; bias may be null. x [N,H,W,inputs] to y [N,H',W',outputs]. */
  void convolution(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y);

  /** dx from dy. */
  void convolutionBackwardData(ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx);

  /** dWeights and, unless null, dBias from x and dy; both are overwritten. */
  void convolutionBackwardWeights(
      ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias);

  /** C = A B for every image and head; operands are read and written in place, without copies. */
  void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c);

  /**
   * sums[at + i] += table[row + i] for i &lt; length, of each of the first rows. Whole numbers wrap
   * around, so no order changes a sum.
   *
   * @param length a multiple of {@link #ROW}
   */
  void addRows(short[] table, int[] rows, int count, int[] sums, int at, int length);

  /** Mean and biased variance of each channel over all rows, accurate for means far from 0. */
  void moments(Tensor value, float[] mean, float[] variance);

  /** out = the drive itself, rounded to out's type; out may be the drive's residual. */
  void affine(Drive drive, Tensor out);

  /**
   * Runs the neurons over time: spikes = SN(drive).
   *
   * @param timesteps T; the rows are T equal blocks
   * @param membrane receives the drive x (not h), or null
   * @param spikes receives 0 or 1, or integers times the neuron's unit
   * @param counts [T] incremented by the spikes of each timestep, a sum of integers, or null
   */
  void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts);

  /**
   * Backpropagation through time of {@link #fire}: dx = d(loss)/d(drive), plus dMembrane unless
   * that is null.
   *
   * @param dSpikes gradient of the spikes
   * @param dMembrane further gradient of the drive, from a shortcut, or null
   * @param dx receives the gradient; may be dSpikes or dMembrane if the type is the same
   * @param centre [C] subtracted from the drive's value in the sums, or null if sums is
   * @param sums overwritten with the per-channel sums of dx and of dx * (drive.value - centre), or
   *     null
   * @return d(loss)/d(threshold), summed over all neurons; 0 for integers
   */
  double fireBackward(
      Drive drive,
      int timesteps,
      Neuron neuron,
      Tensor dSpikes,
      Tensor dMembrane,
      Tensor dx,
      float[] centre,
      ChannelSums sums);

  /** Overwrites sums with those of dx and of dx * (value - centre). */
  void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums);

  /**
   * out = a[c] * dx + b[c] + c[c] * value: the second half of batch normalisation's backward; out
   * may be dx.
   */
  void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out);

  /** out = x + y, elementwise, float32 or mixed; out may be either. */
  void add(Tensor x, Tensor y, Tensor out);

  /** Copies a drive [N,H,W,C] into the middle of out [N,H+2,W+2,C] and border[c] around it. */
  void pad(Drive drive, int images, int height, int width, float[] border, Tensor out);

  /** The middle [N,H,W,C] of a padded [N,H+2,W+2,C]. */
  void crop(Tensor padded, int images, int height, int width, Tensor out);

  /**
   * y [N,H',W',C] = the maximum of each window of x [N,H,W,C], what lies outside left out. A NaN is
   * above all, as in PyTorch. Of bits, y may be bits too.
   */
  void maxPool(PoolingWindow window, Tensor x, Tensor y);

  /**
   * dx [N,H,W,C] from dy and the x of {@link #maxPool}: the gradient goes to the first maximum of
   * each window, in the order of rows and columns.
   */
  void maxPoolBackward(PoolingWindow window, Tensor x, Tensor dy, Tensor dx);

  /**
   * target [rows, to..to + channels) = source [rows, from..from + channels), rounded to target's
   * type; its other channels are left. Puts maps side by side, and takes them apart. Where bits are
   * read or written, all three numbers are multiples of 8.
   */
  void copyChannels(Tensor source, int from, Tensor target, int to, int channels);

  /**
   * RoIAlign: bins of regions of maps.
   *
   * @param x maps [N,H,W,C]
   * @param y [rows,size,size,C]; rows that no region names are left
   */
  void roiAlign(RoiAlign form, Regions regions, Tensor x, Tensor y);

  /** dx [N,H,W,C] from the dy of {@link #roiAlign}; dx is overwritten. */
  void roiAlignBackward(RoiAlign form, Regions regions, Tensor dy, Tensor dx);

  /** y [N,H',W',C] = x [N,H,W,C] resampled, rounded to y's type. */
  void resample(Resampling form, Tensor x, Tensor y);

  /**
   * y [N,H,W,C] = base + the sum of maps [N,h,w,C], each resampled to H x W, in their order.
   *
   * @param base without a residual; y may be its value
   * @param y float32
   */
  void sumResampled(Drive base, List<Tensor> maps, Resampling.Kind kind, Tensor y);

  /** dx [N,H,W,C] from the dy [N,H',W',C] of {@link #resample}; dx is overwritten. */
  void resampleBackward(Resampling form, Tensor dy, Tensor dx);

  /**
   * Softmax cross-entropy of every pixel of resampled logits.
   *
   * @param logits [N,H,W,classes], float32
   * @param labels [N,H',W'] of the resampled size: classes, or {@link #IGNORED} for pixels that do
   *     not count
   * @param factor of the gradient: 1 / the loss's divisor
   * @param dLogits overwritten with factor * d(sum of the losses)/d(logits); null for none
   */
  PixelSums pixelCrossEntropy(
      Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits);

  /**
   * out[n, c] = factor * sum over tokens of a[n, token, c] * b[n, token, c]; b may be null for 1.
   */
  void sumTokens(Tensor a, Tensor b, int images, int tokens, float factor, Tensor out);

  /** out[n, token, c] = factor * row[n, c] * a[n, token, c]; a may be null for 1. */
  void scaleTokens(Tensor row, Tensor a, int images, int tokens, float factor, Tensor out);

  /** Optimizer arithmetic on flat float32 memory, with the same threads. */
  OptimizerKernels optimizer();

  @Override
  void close();
}
