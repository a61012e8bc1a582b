package io.spikeformer.model.memory;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.Neuron;
import io.spikeformer.model.kernel.OptimizerKernels;
import io.spikeformer.model.kernel.PixelSums;
import io.spikeformer.model.kernel.PoolingWindow;
import io.spikeformer.model.kernel.Regions;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.RoiAlign;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * Kernels that neither read nor write a tensor, so that a step touches no memory. They note how
 * much scratch memory the fast kernels may need for the same calls.
 */
final class IdleKernels implements Kernels {
  // what the fast kernels convert at a time: operands of both kinds and the result
  private static final long CONVERTED = 3 * (4L << 20);
  // images that oneDNN's own scratch memory holds, at most
  private static final int OWN_IMAGES = 2;
  // weights of a block of a large linear layer, at most
  private static final long LINEAR_WEIGHTS = 16L << 20;
  // in oneDNN's order, the part of a thread, the part of its next images, oneDNN's own
  private static final int WEIGHT_BUFFERS = 4;

  private final int threads;
  private long largestImage;
  private long largestWeights;
  private long largestProduct;
  private long largestCopy;

  IdleKernels(int threads) {
    this.threads = threads;
  }

  /** A bound of the scratch memory for the calls so far, in bytes. */
  long scratchBytes() {
    long images = CONVERTED + OWN_IMAGES * largestImage;
    long own = threads * (images + WEIGHT_BUFFERS * largestWeights);
    return own + largestProduct + largestCopy;
  }

  private void note(ConvolutionShape shape) {
    long pixels =
        Math.max(
            (long) shape.height() * shape.width() * shape.inputs(),
            (long) shape.outputHeight() * shape.outputWidth() * shape.outputs());
    largestImage = Math.max(largestImage, DataType.FLOAT32.byteSize(pixels));
    long weights = DataType.FLOAT32.byteSize(shape.weights());
    if (shape.linear() && weights > LINEAR_WEIGHTS) {
      // all threads read one copy of the input, and each of them orders blocks of the weights
      largestCopy = Math.max(largestCopy, DataType.FLOAT32.byteSize(shape.images() * pixels));
      weights = LINEAR_WEIGHTS;
    }
    largestWeights = Math.max(largestWeights, weights);
  }

  @Override
  public void keep(Tensor weights) {
    // nothing is derived from weights
  }

  @Override
  public void forget(Tensor weights) {
    // nothing was kept
  }

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public Optional<String> bfloat16Obstacle() {
    return Optional.empty();
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public void convolution(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    note(shape);
  }

  @Override
  public void convolutionBackwardData(
      ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx) {
    note(shape);
  }

  @Override
  public void convolutionBackwardWeights(
      ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    note(shape);
  }

  @Override
  public void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    long elements = a.elements() + b.elements() + c.elements();
    largestProduct = Math.max(largestProduct, DataType.FLOAT32.byteSize(elements));
  }

  @Override
  public void addRows(short[] table, int[] rows, int count, int[] sums, int at, int length) {
    // computes nothing
  }

  @Override
  public void moments(Tensor value, float[] mean, float[] variance) {
    // computes nothing
  }

  @Override
  public void affine(Drive drive, Tensor out) {
    // computes nothing
  }

  @Override
  public void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts) {
    // computes nothing
  }

  @Override
  public double fireBackward(
      Drive drive,
      int timesteps,
      Neuron neuron,
      Tensor dSpikes,
      Tensor dMembrane,
      Tensor dx,
      float[] centre,
      ChannelSums sums) {
    return 0;
  }

  @Override
  public void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums) {
    // computes nothing
  }

  @Override
  public void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out) {
    // computes nothing
  }

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    // computes nothing
  }

  @Override
  public void pad(Drive drive, int images, int height, int width, float[] border, Tensor out) {
    // computes nothing
  }

  @Override
  public void crop(Tensor padded, int images, int height, int width, Tensor out) {
    // computes nothing
  }

  @Override
  public void maxPool(PoolingWindow window, Tensor x, Tensor y) {
    // computes nothing
  }

  @Override
  public void maxPoolBackward(PoolingWindow window, Tensor x, Tensor dy, Tensor dx) {
    // computes nothing
  }

  @Override
  public void copyChannels(Tensor source, int from, Tensor target, int to, int channels) {
    // computes nothing
  }

  @Override
  public void roiAlign(RoiAlign form, Regions regions, Tensor x, Tensor y) {
    // computes nothing
  }

  @Override
  public void roiAlignBackward(RoiAlign form, Regions regions, Tensor dy, Tensor dx) {
    // computes nothing
  }

  @Override
  public void resample(Resampling form, Tensor x, Tensor y) {
    // computes nothing
  }

  @Override
  public void sumResampled(Drive base, List<Tensor> maps, Resampling.Kind kind, Tensor y) {
    // computes nothing
  }

  @Override
  public void resampleBackward(Resampling form, Tensor dy, Tensor dx) {
    // computes nothing
  }

  @Override
  public PixelSums pixelCrossEntropy(
      Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    return PixelSums.NONE;
  }

  @Override
  public void sumTokens(Tensor a, Tensor b, int images, int tokens, float factor, Tensor out) {
    // computes nothing
  }

  @Override
  public void scaleTokens(Tensor row, Tensor a, int images, int tokens, float factor, Tensor out) {
    // computes nothing
  }

  @Override
  public OptimizerKernels optimizer() {
    throw new UnsupportedOperationException("idle kernels take no optimizer step");
  }

  @Override
  public void close() {
    // holds nothing
  }
}
