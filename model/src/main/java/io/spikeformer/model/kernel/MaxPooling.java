package io.spikeformer.model.kernel;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Maximum of square windows, image by image; see {@link Kernels#maxPool}.
 *
 * <p>All channels of a window are compared at once, so the inner loops run over neighbours in
 * memory. Of bits, the maximum is the disjunction of bytes; of integers in planes of bits too.
 */
public final class MaxPooling {
  private final PoolingWindow window;
  private final int images;
  private final int height;
  private final int width;
  private final int channels;
  private final int pooledHeight;
  private final int pooledWidth;

  /** Pooling of tensors shaped as x [N, H, W, C]. */
  public MaxPooling(PoolingWindow window, Tensor x) {
    this.window = window;
    images = (int) x.size(0);
    height = (int) x.size(1);
    width = (int) x.size(2);
    channels = x.channels();
    pooledHeight = window.outputSize(height);
    pooledWidth = window.outputSize(width);
  }

  /** N. */
  public int images() {
    return images;
  }

  /** One image of {@link Kernels#maxPool}. */
  public void forward(Tensor x, Tensor y, int image) {
    if (x.type() == DataType.BIT && y.type() == DataType.BIT) {
      forwardBits(x, y, image);
      return;
    }
    float[] in = input(x, image);
    float[] out = new float[pooledHeight * pooledWidth * channels];
    for (int pixel = 0; pixel < pooledHeight * pooledWidth; pixel++) {
      int to = pixel * channels;
      System.arraycopy(in, (top(pixel) * width + left(pixel)) * channels, out, to, channels);
      for (int row = top(pixel); row < bottom(pixel); row++) {
        for (int column = left(pixel); column < right(pixel); column++) {
          int from = (row * width + column) * channels;
          for (int c = 0; c < channels; c++) {
            out[to + c] = Math.max(out[to + c], in[from + c]);
          }
        }
      }
    }
    y.slice((long) image * out.length, out.length).put(out);
  }

  private void forwardBits(Tensor x, Tensor y, int image) {
    int length = channels / DataType.PER_BYTE * x.planes();
    byte[] in = new byte[height * width * length];
    bits(x, image, height * width).get(in);
    byte[] out = new byte[pooledHeight * pooledWidth * length];
    for (int pixel = 0; pixel < pooledHeight * pooledWidth; pixel++) {
      for (int row = top(pixel); row < bottom(pixel); row++) {
        for (int column = left(pixel); column < right(pixel); column++) {
          int from = (row * width + column) * length;
          for (int i = 0; i < length; i++) {
            out[pixel * length + i] |= in[from + i];
          }
        }
      }
    }
    bits(y, image, pooledHeight * pooledWidth).put(out);
  }

  /** The memory of one image of so many pixels. */
  private ByteBuffer bits(Tensor tensor, int image, int pixels) {
    long length = (long) pixels * channels;
    return tensor.bytes(image * length, length);
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

  private int top(int pixel) {
    return Math.max(0, pixel / pooledWidth * window.stride() - window.padding());
  }

  private int left(int pixel) {
    return Math.max(0, pixel % pooledWidth * window.stride() - window.padding());
  }

  private int bottom(int pixel) {
    int start = pixel / pooledWidth * window.stride() - window.padding();
    return Math.min(height, start + window.side());
  }

  private int right(int pixel) {
    int start = pixel % pooledWidth * window.stride() - window.padding();
    return Math.min(width, start + window.side());
  }

  /**
   * The maximum of each channel in a window, and the pixel where it first occurs; as in PyTorch a
   * NaN is above all, and the last one counts.
   */
  private void findMaximum(float[] in, int pixel, float[] maximum, int[] position) {
    int first = (top(pixel) * width + left(pixel)) * channels;
    System.arraycopy(in, first, maximum, 0, channels);
    Arrays.fill(position, first);
    for (int row = top(pixel); row < bottom(pixel); row++) {
      for (int column = left(pixel); column < right(pixel); column++) {
        int at = (row * width + column) * channels;
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
