package io.spikeformer.model.kernel;

import io.spikeformer.common.Text;

/**
 * Geometry of a 2-D cross-correlation on [images, H, W, C] with square windows.
 *
 * @param images T*B
 * @param height input height
 * @param width input width
 * @param inputs input channels
 * @param outputs output channels
 * @param window side of the window, in pixels
 * @param stride step of the window, in pixels
 * @param padding zeros added on each side, in pixels
 * @param depthwise each channel has its own window (inputs = outputs); else all inputs feed all
 *     outputs
 */
public record ConvolutionShape(
    int images,
    int height,
    int width,
    int inputs,
    int outputs,
    int window,
    int stride,
    int padding,
    boolean depthwise) {

  /** Validates the sizes. */
  public ConvolutionShape {
    if (images < 1 || height < 1 || width < 1 || inputs < 1 || outputs < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "convolution: expected positive sizes, found %sx%sx%sx%s -> %s",
              images, height, width, inputs, outputs));
    }
    if (window < 1 || stride < 1 || padding < 0 || padding >= window) {
      throw new IllegalArgumentException(
          Text.format(
              "convolution: expected window and stride >= 1 and 0 <= padding < window, found %s,"
                  + " %s, %s",
              window, stride, padding));
    }
    if (height + 2 * padding < window || width + 2 * padding < window) {
      throw new IllegalArgumentException(
          Text.format(
              "convolution: expected an input of at least %sx%s, the size of its window, found"
                  + " %sx%s padded by %s",
              window, window, height, width, padding));
    }
    if (depthwise && inputs != outputs) {
      throw new IllegalArgumentException(
          Text.format(
              "convolution: expected as many outputs as inputs of a depthwise one, found %s and %s",
              inputs, outputs));
    }
  }

  /** A pointwise (1x1) product on any number of rows: linear layers and 1x1 convolutions. */
  public static ConvolutionShape pointwise(
      int images, int height, int width, int inputs, int outputs) {
    return new ConvolutionShape(images, height, width, inputs, outputs, 1, 1, 0, false);
  }

  public int outputHeight() {
    return (height + 2 * padding - window) / stride + 1;
  }

  public int outputWidth() {
    return (width + 2 * padding - window) / stride + 1;
  }

  /**
   * Number of weights: [outputs, inputs, window, window], or [outputs, 1, window, window] if
   * depthwise.
   */
  public long weights() {
    return (long) outputs * (depthwise ? 1 : inputs) * window * window;
  }

  /** Multiply-accumulates of the forward pass, padding counted as work. */
  public long macs() {
    return (long) images * outputHeight() * outputWidth() * weights();
  }

  /** Whether the window is the whole image: then it is a linear layer of whole maps. */
  public boolean linear() {
    return !depthwise && padding == 0 && window == height && window == width;
  }

  /** The same for one image of another height. */
  public ConvolutionShape withHeight(int other) {
    return new ConvolutionShape(
        1, other, width, inputs, outputs, window, stride, padding, depthwise);
  }

  /** The same for another number of images. */
  public ConvolutionShape withImages(int others) {
    return new ConvolutionShape(
        others, height, width, inputs, outputs, window, stride, padding, depthwise);
  }

  /** The same for another number of outputs of a dense window. */
  public ConvolutionShape withOutputs(int others) {
    return new ConvolutionShape(
        images, height, width, inputs, others, window, stride, padding, depthwise);
  }

  /** The same for another number of inputs of a dense window. */
  public ConvolutionShape withInputs(int others) {
    return new ConvolutionShape(
        images, height, width, others, outputs, window, stride, padding, depthwise);
  }
}
