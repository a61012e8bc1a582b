package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * YOLOv5's C3, a cross-stage partial bottleneck (Wang et al., 2020), of units f(x) =
 * BN(Conv(SN(x))):
 *
 * <pre>
 * [A, B] = f1x1(U);  U' = f1x1([f3x3(f1x1(A)), B])
 * </pre>
 *
 * <p>A and B have half the outputs each. No shortcut leads around the inner convolutions.
 */
final class CrossStage {
  private final int half;
  private final SpikingConvolution split;
  private final SpikingConvolution inner1;
  private final SpikingConvolution inner2;
  private final SpikingConvolution merge;

  /** The units of a name, from so many inputs to an even number of outputs. */
  CrossStage(
      Parameters p,
      Layers layers,
      String name,
      NeuronConfig neuron,
      int inputs,
      int outputs,
      OutputMap map) {
    half = outputs / 2;
    split = unit(p, layers, name + ".split", neuron, new Window(inputs, outputs, 1), map);
    inner1 = unit(p, layers, name + ".inner1", neuron, new Window(half, half, 1), map);
    inner2 = unit(p, layers, name + ".inner2", neuron, new Window(half, half, 3), map);
    merge = unit(p, layers, name + ".merge", neuron, new Window(outputs, outputs, 1), map);
  }

  private static SpikingConvolution unit(
      Parameters p, Layers layers, String name, NeuronConfig neuron, Window window, OutputMap map) {
    return new SpikingConvolution(p, layers, name, neuron, window, Norm.BATCH, map);
  }

  /** U' for membrane potentials u, which the way back needs. */
  Tensor forward(Pass pass, Tensor u) {
    Tensor both = split.membrane(pass, Drive.of(u));
    Tensor first = SideBySide.part(pass, both, 0, half);
    Drive inner = inner1.forward(pass, Drive.of(first));
    pass.done(first);
    Tensor mixed = inner2.membrane(pass, inner);
    pass.done(inner.value());
    SideBySide.copy(pass, mixed, both, 0);
    pass.give(mixed);
    Tensor merged = merge.membrane(pass, Drive.of(both));
    pass.done(both);
    return merged;
  }

  /** From the gradient of U', which is left, to that of U. */
  Tensor backward(Pass pass, Tensor dMerged) {
    Tensor dBoth = merge.backward(pass, dMerged);
    Tensor dMixed = SideBySide.part(pass, dBoth, 0, half);
    Tensor dInner = inner2.backward(pass, dMixed);
    pass.give(dMixed);
    Tensor dFirst = inner1.backward(pass, dInner);
    pass.give(dInner);
    SideBySide.copy(pass, dFirst, dBoth, 0);
    pass.give(dFirst);
    Tensor dU = split.backward(pass, dBoth);
    pass.give(dBoth);
    return dU;
  }
}
