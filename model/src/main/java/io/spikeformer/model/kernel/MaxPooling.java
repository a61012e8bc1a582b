package io.spikeformer.model.kernel;

import java.util.Arrays;

/**
 * Maximum of 3x3 windows around every second pixel, image by image; see {@link Kernels#maxPool}.
 *
 * <p>All channels of a window are compared at once, so the inner loops run over neighbours in
 * memory.
 */
public final class MaxPooling {
  private static final int STRIDE = 2;

  private final int images;
  private final int height;
  private final int width;
  private final int channels;
  private final int pooledHeight;
  private final int pooledWidth;

  /** Pooling of tensors shaped as x [N, H, W, C]. */
  public MaxPooling(Tensor x) {
    images = (int) x.size(0);
    height = (int) x.size(1);
    width = (int) x.size(2);
    channels = x.channels();
    pooledHeight = (height + 1) / STRIDE;
    pooledWidth = (width + 1) / STRIDE;
  }

  /** N. */
  public int images() {
    return images;
  }

  /** One image of {@link Kernels#maxPool}. */
  public void forward(Tensor x, Tensor y, int image) {
    float[] in = input(x, image);
    float[] out = new float[pooledHeight * pooledWidth * channels];
    float[] maximum = new float[channels];
    int[] position = new int[channels];
    for (int pixel = 0; pixel < pooledHeight * pooledWidth; pixel++) {
      findMaximum(in, pixel, maximum, position);
      System.arraycopy(maximum, 0, out, pixel * channels, channels);
    }
    y.slice((long) image * out.length, out.length).put(out);
  }

  /** One image of {@link Kernels#maxPoolBackward}. */
  public void backward(Tensor x, Tensor dy, Tensor dx, int image) {
    float[] in = input(x, image);
    int pooled = pooledHeight * pooledWidth * channels;
    float[] gradient = dy.slice((long) image * pooled, pooled).toArray();
    float[] out = new float[in.length];
    float[] maximum = new float[channels];
    int[] position = new int[channels];
    for (int pixel = 0; pixel < pooledHeight * pooledWidth; pixel++) {
      findMaximum(in, pixel, maximum, position);
      for (int c = 0; c < channels; c++) {
        out[position[c] + c] += gradient[pixel * channels + c];
      }
    }
    dx.slice((long) image * out.length, out.length).put(out);
  }

  private float[] input(Tensor x, int image) {
    int length = height * width * channels;
    return x.slice((long) image * length, length).toArray();
  }

  /**
   * The maximum of each channel in a window, and the pixel where it first occurs; as in PyTorch a
   * NaN is above all, and the last one counts.
   */
  private void findMaximum(float[] in, int pixel, float[] maximum, int[] position) {
    int top = Math.max(0, pixel / pooledWidth * STRIDE - 1);
    int left = Math.max(0, pixel % pooledWidth * STRIDE - 1);
    int bottom = Math.min(height - 1, pixel / pooledWidth * STRIDE + 1);
    int right = Math.min(width - 1, pixel % pooledWidth * STRIDE + 1);
    int first = (top * width + left) * channels;
    System.arraycopy(in, first, maximum, 0, channels);
    Arrays.fill(position, first);
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        int at = (y * width + x) * channels;
        for (int c = 0; c < channels; c++) {
          if (in[at + c] > maximum[c] || Float.isNaN(in[at + c])) {
            maximum[c] = in[at + c];
            position[c] = at;
          }
        }
      }
    }
  }
}
