package io.spikeformer.model.chip;

import io.spikeformer.model.chip.ChipKernels.Form;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.kernel.Tensor;
import java.util.Arrays;

/**
 * A convolution of integers in whole numbers of 32 bits, by additions of rows of its weights: slot
 * by slot, where every spike adds its row; or at once, where the rows of the integer n are added up
 * and multiplied by n. Both give the same sums.
 */
final class SpikeConvolution {
  private final Kernels kernels;
  private final ConvolutionShape shape;
  private final ExactWeights weights;
  private final SpikeList spikes;
  // of an output pixel: where the rows of its spikes begin
  private final int[] rows;
  private final int[] sums;
  private final int[] part;

  SpikeConvolution(Kernels kernels, ConvolutionShape shape, ExactWeights weights) {
    this.kernels = kernels;
    this.shape = shape;
    this.weights = weights;
    spikes = new SpikeList(shape.height() * shape.width(), PaddedIntegers.channels(shape.inputs()));
    rows = new int[shape.window() * shape.window() * shape.inputs()];
    sums = new int[shape.outputHeight() * shape.outputWidth() * weights.stride()];
    part = new int[sums.length];
  }

  /**
   * y = scale * unit * (x * weights) + bias; the bias is added once.
   *
   * @param x in planes of bits, where zeros may follow the channels
   * @param bias null for none
   * @return the additions of numbers: those of a row, or one for a depthwise convolution
   */
  long run(Tensor x, Tensor bias, Tensor y, Form form) {
    float[] shift = bias == null ? new float[shape.outputs()] : bias.toArray();
    double scale = weights.scale() * x.unit();
    long image = x.elements() / shape.images();
    float[] out = new float[sums.length / weights.stride() * shape.outputs()];
    long additions = 0;
    for (int i = 0; i < shape.images(); i++) {
      Tensor own = x.slice(i * image, image / x.channels(), x.channels());
      additions += form == Form.SPIKES ? slots(own) : integers(own);
      for (int k = 0; k < out.length; k++) {
        int o = k % shape.outputs();
        out[k] = (float) (scale * sums[k / shape.outputs() * weights.stride() + o]) + shift[o];
      }
      y.slice((long) i * out.length, out.length).put(out);
    }
    return additions;
  }

  private long slots(Tensor image) {
    Arrays.fill(sums, 0);
    long additions = 0;
    for (int slot = 0; slot < image.planes(); slot++) {
      spikes.take(image, slot, Form.SPIKES);
      additions += add(sums);
    }
    return additions;
  }

  private long integers(Tensor image) {
    Arrays.fill(sums, 0);
    long additions = 0;
    for (int integer = 1; integer <= image.planes(); integer++) {
      spikes.take(image, integer - 1, Form.INTEGERS);
      Arrays.fill(part, 0);
      additions += add(part);
      for (int i = 0; i < sums.length; i++) {
        sums[i] += integer * part[i];
      }
    }
    return additions;
  }

  private long add(int[] target) {
    long additions = 0;
    for (int oy = 0; oy < shape.outputHeight(); oy++) {
      for (int ox = 0; ox < shape.outputWidth(); ox++) {
        int at = (oy * shape.outputWidth() + ox) * weights.stride();
        int count = rows(oy, ox);
        if (shape.depthwise()) {
          for (int k = 0; k < count; k++) {
            target[at + rows[k] % weights.stride()] += weights.values()[rows[k]];
          }
          additions += count;
        } else {
          kernels.addRows(weights.values(), rows, count, target, at, weights.stride());
          additions += (long) count * shape.outputs();
        }
      }
    }
    return additions;
  }

  /** Lists the rows of the spikes under a window; of a depthwise one, the places of the weights. */
  private int rows(int oy, int ox) {
    int window = shape.window();
    int top = oy * shape.stride() - shape.padding();
    int left = ox * shape.stride() - shape.padding();
    int stride = weights.stride();
    int step = shape.depthwise() ? 1 : stride;
    int tapStep = shape.depthwise() ? stride : shape.inputs() * stride;
    int count = 0;
    for (int ky = Math.max(0, -top); ky < Math.min(window, shape.height() - top); ky++) {
      for (int kx = Math.max(0, -left); kx < Math.min(window, shape.width() - left); kx++) {
        int pixel = (top + ky) * shape.width() + left + kx;
        int tap = (ky * window + kx) * tapStep;
        for (int i = spikes.first(pixel); i < spikes.first(pixel + 1); i++) {
          rows[count++] = tap + spikes.channel(i) * step;
        }
      }
    }
    return count;
  }
}
