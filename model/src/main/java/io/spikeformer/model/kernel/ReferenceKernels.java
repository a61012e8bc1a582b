package io.spikeformer.model.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * {@link Kernels} as plain loops on one thread: slow, obviously right, runs anywhere. The oracle of
 * the fast ones.
 */
public final class ReferenceKernels implements Kernels {
  private final OptimizerKernels optimizer = new ReferenceOptimizerKernels();

  @Override
  public void keep(Tensor weights) {
    // nothing is derived from weights
  }

  @Override
  public void forget(Tensor weights) {
    // nothing was kept
  }

  @Override
  public Optional<String> bfloat16Obstacle() {
    return Optional.empty();
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public void convolution(ConvolutionShape shape, Tensor x, Tensor weights, Tensor bias, Tensor y) {
    new ReferenceConvolution(shape).forward(x, weights, bias, y);
  }

  @Override
  public void convolutionBackwardData(
      ConvolutionShape shape, Tensor dy, Tensor weights, Tensor dx) {
    new ReferenceConvolution(shape).backwardData(dy, weights, dx);
  }

  @Override
  public void convolutionBackwardWeights(
      ConvolutionShape shape, Tensor x, Tensor dy, Tensor dWeights, Tensor dBias) {
    new ReferenceConvolution(shape).backwardWeights(x, dy, dWeights, dBias);
  }

  @Override
  public void matmul(MatmulShape shape, Tensor a, Tensor b, Tensor c) {
    float[] left = a.toArray();
    float[] right = b.toArray();
    float[] out = c.toArray();
    for (int image = 0; image < shape.images(); image++) {
      for (int head = 0; head < shape.heads(); head++) {
        for (int row = 0; row < shape.rows(); row++) {
          for (int column = 0; column < shape.columns(); column++) {
            double sum = 0;
            for (int k = 0; k < shape.inner(); k++) {
              sum +=
                  (double) left[index(shape.a(), image, head, row, k)]
                      * right[index(shape.b(), image, head, k, column)];
            }
            out[index(shape.c(), image, head, row, column)] = (float) sum;
          }
        }
      }
    }
    c.put(out);
  }

  private static int index(MatmulShape.Strides s, int image, int head, int row, int column) {
    return (int) (s.image() * image + s.head() * head + s.row() * row + s.column() * column);
  }

  @Override
  public void addRows(short[] table, int[] rows, int count, int[] sums, int at, int length) {
    for (int k = 0; k < count; k++) {
      for (int i = 0; i < length; i++) {
        sums[at + i] += table[rows[k] + i];
      }
    }
  }

  @Override
  public void moments(Tensor value, float[] mean, float[] variance) {
    float[] values = value.toArray();
    int channels = value.channels();
    long rows = value.rows();
    double[] sum = new double[channels];
    for (int i = 0; i < values.length; i++) {
      sum[i % channels] += values[i];
    }
    double[] squares = new double[channels];
    for (int i = 0; i < values.length; i++) {
      double deviation = values[i] - sum[i % channels] / rows;
      squares[i % channels] += deviation * deviation;
    }
    for (int c = 0; c < channels; c++) {
      mean[c] = (float) (sum[c] / rows);
      variance[c] = (float) (squares[c] / rows);
    }
  }

  @Override
  public void affine(Drive drive, Tensor out) {
    DriveValues x = new DriveValues(drive);
    float[] result = new float[x.length()];
    for (int i = 0; i < result.length; i++) {
      result[i] = x.at(i);
    }
    out.put(result);
  }

  @Override
  public void fire(
      Drive drive, int timesteps, Neuron neuron, Tensor membrane, Tensor spikes, long[] counts) {
    new ReferenceNeurons(neuron, timesteps).fire(drive, membrane, spikes, counts);
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
    return new ReferenceNeurons(neuron, timesteps)
        .fireBackward(drive, dSpikes, dMembrane, dx, centre, sums);
  }

  @Override
  public void gradientSums(Tensor dx, Tensor value, float[] centre, ChannelSums sums) {
    ReferenceNeurons.sum(dx.toArray(), new DriveValues(Drive.of(value)), centre, sums);
  }

  @Override
  public void combine(Tensor dx, float[] a, float[] b, Tensor value, float[] c, Tensor out) {
    float[] gradient = dx.toArray();
    float[] values = value.toArray();
    int channels = dx.channels();
    for (int i = 0; i < gradient.length; i++) {
      int k = i % channels;
      gradient[i] = a[k] * gradient[i] + b[k] + c[k] * values[i];
    }
    out.put(gradient);
  }

  @Override
  public void add(Tensor x, Tensor y, Tensor out) {
    float[] left = x.toArray();
    float[] right = y.toArray();
    for (int i = 0; i < left.length; i++) {
      left[i] += right[i];
    }
    out.put(left);
  }

  @Override
  public void pad(Drive drive, int images, int height, int width, float[] border, Tensor out) {
    DriveValues x = new DriveValues(drive);
    int channels = border.length;
    float[] result = new float[Math.toIntExact(out.elements())];
    for (int i = 0; i < result.length; i++) {
      result[i] = border[i % channels];
    }
    for (int i = 0; i < x.length(); i++) {
      result[padded(i / channels, height, width) * channels + i % channels] = x.at(i);
    }
    out.put(result);
  }

  @Override
  public void crop(Tensor padded, int images, int height, int width, Tensor out) {
    float[] values = padded.toArray();
    int channels = out.channels();
    float[] result = new float[Math.toIntExact(out.elements())];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[padded(i / channels, height, width) * channels + i % channels];
    }
    out.put(result);
  }

  /** Pixel of [N, H, W] as a pixel of [N, H+2, W+2]. */
  private static int padded(int pixel, int height, int width) {
    int image = pixel / (height * width);
    int y = pixel / width % height;
    int x = pixel % width;
    return (image * (height + 2) + y + 1) * (width + 2) + x + 1;
  }

  @Override
  public void maxPool(PoolingWindow window, Tensor x, Tensor y) {
    MaxPooling pooling = new MaxPooling(window, x);
    for (int image = 0; image < pooling.images(); image++) {
      pooling.forward(x, y, image);
    }
  }

  @Override
  public void maxPoolBackward(PoolingWindow window, Tensor x, Tensor dy, Tensor dx) {
    MaxPooling pooling = new MaxPooling(window, x);
    for (int image = 0; image < pooling.images(); image++) {
      pooling.backward(x, dy, dx, image);
    }
  }

  @Override
  public void copyChannels(Tensor source, int from, Tensor target, int to, int channels) {
    float[] in = source.toArray();
    float[] out = target.toArray();
    for (int row = 0; row < target.rows(); row++) {
      int read = row * source.channels() + from;
      System.arraycopy(in, read, out, row * target.channels() + to, channels);
    }
    target.put(out);
  }

  @Override
  public void roiAlign(RoiAlign form, Regions regions, Tensor x, Tensor y) {
    new ReferenceRoiAlign(form, regions, x).forward(x, y);
  }

  @Override
  public void roiAlignBackward(RoiAlign form, Regions regions, Tensor dy, Tensor dx) {
    new ReferenceRoiAlign(form, regions, dx).backward(dy, dx);
  }

  @Override
  public void resample(Resampling form, Tensor x, Tensor y) {
    new ReferenceResampling(form).forward(x, y);
  }

  @Override
  public void sumResampled(Drive base, List<Tensor> maps, Resampling.Kind kind, Tensor y) {
    affine(base, y);
    for (Tensor map : maps) {
      try (Tensor resampled = Tensor.allocate(DataType.FLOAT32, y.shape())) {
        resample(Resampling.between(kind, map.shape(), y.shape()), map, resampled);
        add(y, resampled, y);
      }
    }
  }

  @Override
  public void resampleBackward(Resampling form, Tensor dy, Tensor dx) {
    new ReferenceResampling(form).backward(dy, dx);
  }

  @Override
  public PixelSums pixelCrossEntropy(
      Resampling form, Tensor logits, byte[] labels, float factor, Tensor dLogits) {
    return ReferencePixelLoss.run(form, logits, labels, factor, dLogits);
  }

  @Override
  public void sumTokens(Tensor a, Tensor b, int images, int tokens, float factor, Tensor out) {
    float[] left = a.toArray();
    float[] right = b == null ? null : b.toArray();
    int channels = a.channels();
    double[] sum = new double[images * channels];
    for (int i = 0; i < left.length; i++) {
      int row = i / channels / tokens;
      sum[row * channels + i % channels] += right == null ? left[i] : (double) left[i] * right[i];
    }
    float[] result = new float[sum.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = factor * (float) sum[i];
    }
    out.put(result);
  }

  @Override
  public void scaleTokens(Tensor row, Tensor a, int images, int tokens, float factor, Tensor out) {
    float[] factors = row.toArray();
    int channels = row.channels();
    float[] result;
    if (a == null) {
      result = new float[Math.toIntExact(out.elements())];
      Arrays.fill(result, 1);
    } else {
      result = a.toArray();
    }
    for (int i = 0; i < result.length; i++) {
      result[i] *= factor * factors[i / channels / tokens * channels + i % channels];
    }
    out.put(result);
  }

  @Override
  public OptimizerKernels optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    // holds nothing
  }
}
