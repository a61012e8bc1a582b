package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ChannelSums;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.MaxPooling;
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
import java.util.function.IntConsumer;
import org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu;

/**
 * {@link Kernels} on oneDNN (convolutions and matrix products) and the Vector API (all else), each
 * elementwise kernel in one pass over memory.
 *
 * <p>Runs on its own team of threads. Both oneDNN and ND4J take their number of OpenMP threads from
 * the calling thread. It is set to one at every call of a product, because ND4J sets it to the
 * number of processors when it is first used.
 */
public final class FastKernels implements Kernels {
  private final Team team;
  private final Worker[] workers;
  private final FastProducts products;
  private final FastMatmul matmul;
  private final FastNeurons neurons;
  private final FastElementwise elementwise;
  private final FastTokens tokens;
  private final FastResampling resampling;
  private final FastPixelLoss pixelLoss;
  private final FastChannels channels;
  private final FastRoiAlign roiAlign;
  private final FastMaxPooling maxPooling;
  private final OptimizerKernels optimizer;

  /**
   * Starts the threads.
   *
   * @param threads threads of a call, &gt;= 1, the calling one included
   */
  public FastKernels(int threads) {
    this(threads, SpikeProducts.BY_RATE);
  }

  /**
   * Starts the threads.
   *
   * @param threads threads of a call, &gt;= 1, the calling one included
   * @param choice how products with spikes are computed
   */
  public FastKernels(int threads, SpikeProducts choice) {
    team = new Team(threads, FastKernels::useOneOpenMpThread);
    workers = new Worker[threads];
    Scratch[] scratch = new Scratch[threads];
    for (int i = 0; i < threads; i++) {
      workers[i] = new Worker();
      scratch[i] = new Scratch();
    }
    useOneOpenMpThread();
    elementwise = new FastElementwise(team, scratch);
    products = new FastProducts(team, workers, scratch, elementwise, choice);
    matmul = new FastMatmul(team, workers, elementwise, products.types());
    neurons = new FastNeurons(team, scratch);
    tokens = new FastTokens(team, scratch);
    resampling = new FastResampling(team);
    pixelLoss = new FastPixelLoss(team);
    channels = new FastChannels(team);
    roiAlign = new FastRoiAlign(team);
    maxPooling = new FastMaxPooling(team);
    optimizer = new FastOptimizerKernels(team, scratch);
  }

  private static void useOneOpenMpThread() {
    OpenMp.NATIVE.setOmpNumThreads(1);
  }

  /** Loads ND4J's natives when it is first needed. */
  private static final class OpenMp {
    static final Nd4jCpu NATIVE = new Nd4jCpu();
  }

  KeptWeights kept() {
    return products.kept();
  }

  @Override
  public void keep(Tensor weights) {
    kept().keep(weights);
  }

  @Override
  public void forget(Tensor weights) {
    kept().forget(weights);
  }

  @Override
  public Optional<String> bfloat16Obstacle() {
    return products.types().bfloat16()
        ? Optional.empty()
        : Optional.of("oneDNN computes no bfloat16 on this processor");
  }

  @Override
  public String name() {
    return "fast";
  }

  @Override
  public int threads() {
    return team.size();
  }

  @Override
  public int vectorBits() {
    return Lanes.FLOATS.vectorBitSize();
  }

  @Override
  public List<String> processorFeatures() {
    return FastSupport.processorFeatures();
  }

  @Override
  public void convolution(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    useOneOpenMpThread();
    products.forward(shape, x, weights, bias, y);
  }

  @Override
  public void convolutionBackwardData(
      ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx) {
    useOneOpenMpThread();
    products.backwardData(shape, dy, weights, dx);
  }

  @Override
  public void convolutionBackwardWeights(
      ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    useOneOpenMpThread();
    products.backwardWeights(shape, x, dy, dWeights, dBias);
  }

  @Override
  public void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    useOneOpenMpThread();
    matmul.run(shape, a, b, c);
  }

  @Override
  public void addRows(short[] table, int[] rows, int count, int[] sums, int at, int length) {
    RowLoops.add(table, rows, count, sums, at, length);
  }

  @Override
  public void moments(Tensor value, float[] mean, float[] variance) {
    elementwise.moments(value, mean, variance);
  }

  @Override
  public void affine(Drive drive, Tensor out) {
    elementwise.affine(drive, out);
  }

  @Override
  public void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts) {
    neurons.fire(drive, timesteps, neuron, membrane, spikes, counts);
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
    return neurons.fireBackward(drive, timesteps, neuron, dSpikes, dMembrane, dx, centre, sums);
  }

  @Override
  public void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums) {
    elementwise.gradientSums(dx, value, centre, sums);
  }

  @Override
  public void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out) {
    elementwise.combine(dx, a, b, value, c, out);
  }

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    elementwise.add(x, y, out);
  }

  @Override
  public void pad(Drive drive, int images, int height, int width, float[] border, Tensor out) {
    tokens.pad(drive, images, height, width, border, out);
  }

  @Override
  public void crop(Tensor padded, int images, int height, int width, Tensor out) {
    tokens.crop(padded, images, height, width, out);
  }

  @Override
  public void maxPool(PoolingWindow window, Tensor x, Tensor y) {
    if (x.type() == DataType.BIT && y.type() == DataType.BIT) {
      MaxPooling pooling = new MaxPooling(window, x);
      overImages(pooling.images(), image -> pooling.forward(x, y, image));
    } else {
      maxPooling.forward(window, x, y);
    }
  }

  @Override
  public void maxPoolBackward(PoolingWindow window, Tensor x, Tensor dy, Tensor dx) {
    MaxPooling pooling = new MaxPooling(window, x);
    overImages(pooling.images(), image -> pooling.backward(x, dy, dx, image));
  }

  /** Images are independent of each other, so each thread takes a part of them. */
  private void overImages(int images, IntConsumer work) {
    int parts = Math.min(team.size(), images);
    team.run(
        parts,
        part -> {
          int end = (int) ((long) images * (part + 1) / parts);
          for (int image = (int) ((long) images * part / parts); image < end; image++) {
            work.accept(image);
          }
        });
  }

  @Override
  public void copyChannels(Tensor source, int from, Tensor target, int to, int count) {
    channels.copy(source, from, target, to, count);
  }

  @Override
  public void roiAlign(RoiAlign form, Regions regions, Tensor x, Tensor y) {
    roiAlign.forward(form, x, regions, y);
  }

  @Override
  public void roiAlignBackward(RoiAlign form, Regions regions, Tensor dy, Tensor dx) {
    roiAlign.backward(form, regions, dy, dx);
  }

  @Override
  public void resample(Resampling form, Tensor x, Tensor y) {
    resampling.forward(form, x, y);
  }

  @Override
  public void sumResampled(Drive base, List<Tensor> maps, Resampling.Kind kind, Tensor y) {
    resampling.sum(base, maps, kind, y);
  }

  @Override
  public void resampleBackward(Resampling form, Tensor dy, Tensor dx) {
    resampling.backward(form, dy, dx);
  }

  @Override
  public PixelSums pixelCrossEntropy(
      Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    return pixelLoss.run(form, logits, labels, factor, dLogits);
  }

  @Override
  public void sumTokens(Tensor a, Tensor b, int images, int tokenCount, float factor, Tensor out) {
    tokens.sumTokens(a, b, images, tokenCount, factor, out);
  }

  @Override
  public void scaleTokens(
      Tensor row, Tensor a, int images, int tokenCount, float factor, Tensor out) {
    tokens.scaleTokens(row, a, images, tokenCount, factor, out);
  }

  @Override
  public OptimizerKernels optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    team.close();
    products.kept().close();
    for (Worker worker : workers) {
      worker.close();
    }
  }
}
