package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.ConvolutionShape;
import io.spikeformer.model.kernel.Tensor;

/** A convolution [N, H, W, inputs] -> [N, H', W', outputs]: dense, pointwise or depthwise. */
final class Convolution {
  private final Parameter weight;
  private final Parameter bias;
  private final int inputs;
  private final int outputs;
  private final int window;
  private final int stride;
  private final int padding;
  private final boolean depthwise;
  private Tensor input;

  private Convolution(Geometry geometry, Parameter weight, Parameter bias) {
    this.weight = weight;
    this.bias = bias;
    this.inputs = geometry.inputs;
    this.outputs = geometry.outputs;
    this.window = geometry.window;
    this.stride = geometry.stride;
    this.padding = geometry.padding;
    this.depthwise = geometry.depthwise;
  }

  /** The same layer for another call: its parameters, and a state of its own. */
  Convolution again() {
    return new Convolution(
        new Geometry(inputs, outputs, window, stride, padding, depthwise), weight, bias);
  }

  private record Geometry(
      int inputs, int outputs, int window, int stride, int padding, boolean depthwise) {}

  /** A dense window at stride 1 for weights that are not its own, padded to keep the size. */
  static Convolution merged(int inputs, int outputs, int window) {
    return new Convolution(new Geometry(inputs, outputs, window, 1, window / 2, false), null, null);
  }

  /** A dense window padded to keep the size at stride 1. */
  static Convolution dense(
      Parameters p, String name, int inputs, int outputs, int window, int stride) {
    Parameter weight =
        p.weight(name + ".weight", fanIn(inputs, window), outputs, inputs, window, window);
    return new Convolution(
        new Geometry(inputs, outputs, window, stride, window / 2, false), weight, null);
  }

  /** A dense window with a bias, padded to keep the size at stride 1. */
  static Convolution denseWithBias(
      Parameters p, String name, int inputs, int outputs, int window, int stride) {
    Parameter weight =
        p.weight(name + ".weight", fanIn(inputs, window), outputs, inputs, window, window);
    Parameter bias = p.bias(name + ".bias", fanIn(inputs, window), outputs);
    return new Convolution(
        new Geometry(inputs, outputs, window, stride, window / 2, false), weight, bias);
  }

  /**
   * A dense window padded to keep the size at stride 1, with Xavier uniform weights and, unless a
   * normalisation follows, a bias of zeros.
   */
  static Convolution xavier(Parameters p, String name, Window form, Norm norm) {
    int window = form.side();
    long fan = fanIn(form.inputs(), window) + fanIn(form.outputs(), window);
    Parameter weight =
        p.declare(
            name + ".weight",
            Kind.WEIGHT,
            Initialisation.XAVIER_UNIFORM,
            fan,
            form.outputs(),
            form.inputs(),
            window,
            window);
    Parameter bias =
        norm == Norm.NONE
            ? p.declare(name + ".bias", Kind.BIAS, Initialisation.ZERO, fan, form.outputs())
            : null;
    return new Convolution(
        new Geometry(form.inputs(), form.outputs(), window, form.stride(), window / 2, false),
        weight,
        bias);
  }

  /**
   * A layer that reads whole maps [N, side, side, inputs] and gives [N, 1, 1, outputs], with Xavier
   * uniform weights and, unless a normalisation follows, a bias of zeros. A row of its weights is
   * in PyTorch's order of a flattened map: channel, row, column.
   */
  static Convolution fullyConnected(Parameters p, String name, Window form, Norm norm) {
    int inputs = form.inputs();
    int outputs = form.outputs();
    int side = form.side();
    long fan = fanIn(inputs, side) + outputs;
    Parameter weight =
        p.declare(
            name + ".weight",
            Kind.WEIGHT,
            Initialisation.XAVIER_UNIFORM,
            fan,
            outputs,
            inputs * side * side);
    Parameter bias =
        norm == Norm.NONE
            ? p.declare(name + ".bias", Kind.BIAS, Initialisation.ZERO, fan, outputs)
            : null;
    return new Convolution(new Geometry(inputs, outputs, side, 1, 0, false), weight, bias);
  }

  /** One window for each channel. */
  static Convolution depthwise(Parameters p, String name, int channels, int window, int padding) {
    Parameter weight = p.weight(name + ".weight", fanIn(1, window), channels, 1, window, window);
    return new Convolution(
        new Geometry(channels, channels, window, 1, padding, true), weight, null);
  }

  private static long fanIn(int inputs, int window) {
    return (long) inputs * window * window;
  }

  private ConvolutionShape shape(Tensor x) {
    return new ConvolutionShape(
        (int) x.size(0),
        (int) x.size(1),
        (int) x.size(2),
        inputs,
        outputs,
        window,
        stride,
        padding,
        depthwise);
  }

  Parameter weight() {
    return weight;
  }

  /** Its name within the block. */
  String name() {
    return weight.name().replaceFirst("\\.weight$", "");
  }

  int inputs() {
    return inputs;
  }

  int outputs() {
    return outputs;
  }

  int window() {
    return window;
  }

  /** Output height or width for an input's. */
  int outputSize(int size) {
    return (size + 2 * padding - window) / stride + 1;
  }

  /** Its operation, for accounts. */
  Operation operation() {
    return depthwise
        ? new Operation(
            "depthwise " + window + "x" + window + " convolution", (long) window * window * inputs)
        : denseOperation(window, inputs, outputs);
  }

  /** The operation of a dense convolution. */
  static Operation denseOperation(int window, int inputs, int outputs) {
    String text =
        window == 1 ? "pointwise convolution" : "dense " + window + "x" + window + " convolution";
    return new Operation(text, (long) window * window * inputs * outputs);
  }

  /** A copy of the weights. */
  float[] weights() {
    return weight.value().toArray();
  }

  /** Number of weights. */
  long weightLength() {
    return weight.length();
  }

  /** A copy of the bias; zeros if there is none. */
  float[] biases() {
    return bias == null ? new float[outputs] : bias.value().toArray();
  }

  /** y = x * weights + bias; x is kept for the backward pass. */
  Tensor forward(Pass pass, Tensor x) {
    input = x;
    return forward(pass, x, weight.value(), bias == null ? null : bias.value());
  }

  /** y = x * weights + bias with weights and bias that are not its own. */
  Tensor forward(Pass pass, Tensor x, Tensor otherWeight, Tensor otherBias) {
    ConvolutionShape shape = shape(x);
    Tensor y = pass.product(shape.images(), shape.outputHeight(), shape.outputWidth(), outputs);
    pass.kernels().convolution(shape, x, otherWeight, otherBias, y);
    return y;
  }

  /** Fills the gradients of weights and bias. */
  void backwardWeights(Pass pass, Tensor dy) {
    backwardWeights(pass, input, dy);
  }

  private void backwardWeights(Pass pass, Tensor x, Tensor dy) {
    pass.kernels()
        .convolutionBackwardWeights(
            shape(x), x, dy, weight.gradient(), bias == null ? null : bias.gradient());
  }

  /** Fills the gradients of weights and bias, gives dy back and returns dx. */
  Tensor backward(Pass pass, Tensor dy) {
    return backward(pass, input, dy);
  }

  /** As above for an x that was not kept. */
  Tensor backward(Pass pass, Tensor x, Tensor dy) {
    Tensor dx = backwardFrom(pass, x, dy);
    pass.give(dy);
    return dx;
  }

  /** As above for a dy that is left as it is. */
  Tensor backwardFrom(Pass pass, Tensor dy) {
    return backwardFrom(pass, input, dy);
  }

  private Tensor backwardFrom(Pass pass, Tensor x, Tensor dy) {
    backwardWeights(pass, x, dy);
    Tensor dx = pass.product(x.shape());
    pass.kernels().convolutionBackwardData(shape(x), dy, weight.value(), dx);
    return dx;
  }
}
