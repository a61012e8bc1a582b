package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.DataType;
import io.spikeformer.model.kernel.Tensor;

/**
 * Products of spikes computed event by event, where that is faster than the dense product: chosen
 * at each call from the rate at which the spikes of this call fire.
 *
 * <p>The sums are float32; the weights are rounded to the type in which the dense product would
 * compute, so that the choice changes no more than the order of a sum.
 */
final class EventProducts {
  // with fewer pixels than this, to arrange the weights takes longer than their product
  private static final int FEWEST_PIXELS = 128;

  private final SpikeProducts choice;
  private final EventConvolution convolution;
  private final EventGradient gradient;

  EventProducts(SpikeProducts choice, Team team, Scratch[] scratch, KeptWeights kept) {
    this.choice = choice;
    convolution = new EventConvolution(team, scratch, kept);
    gradient = new EventGradient(team, scratch);
  }

  /** Whether events win for a product that else would be computed densely. */
  boolean forwardPays(ConvolutionShape shape, Tensor x, DenseForm dense) {
    return firesBelow(dense.forwardCrossover(shape, x.planes()), shape, x);
  }

  /** As {@link #forwardPays}, for the gradient of the weights. */
  boolean gradientPays(ConvolutionShape shape, Tensor x, DenseForm dense) {
    return hasGradient(shape) && firesBelow(dense.gradientCrossover(shape, x.planes()), shape, x);
  }

  private boolean firesBelow(double rate, ConvolutionShape shape, Tensor x) {
    long pixels = (long) shape.images() * shape.outputHeight() * shape.outputWidth();
    if (x.type() != DataType.BIT || shape.depthwise()) {
      return false;
    }
    return switch (choice) {
      case EVENTS -> true;
      case DENSE -> false;
      case BY_RATE -> pixels >= FEWEST_PIXELS && Events.count(x) < rate * x.elements();
    };
  }

  /** Whether there is an event-driven gradient of the weights for the shape. */
  static boolean hasGradient(ConvolutionShape shape) {
    return !shape.depthwise()
        && shape.stride() == 1
        && (shape.window() == 1 || shape.window() == 3);
  }

  /** See {@link EventConvolution}. */
  void forward(
      ConvolutionShape shape,
      Tensor spikes,
      Tensor weights,
      Tensor bias,
      Tensor y,
      DataType rounding) {
    convolution.forward(shape, spikes, weights, bias, y, rounding);
  }

  /** See {@link EventGradient}. */
  void backwardWeights(
      ConvolutionShape shape, Tensor spikes, Tensor dy, Tensor dWeights, Tensor dBias) {
    gradient.backwardWeights(shape, spikes, dy, dWeights, dBias);
  }
}
