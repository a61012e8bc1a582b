package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * YOLOv5's path aggregation (Liu et al., 2018) on membrane potentials U_3, U_4 and U_5, the last
 * two of the same size:
 *
 * <pre>
 * L_5 = f1x1(pool(U_5));                  L_4 = f1x1(C3([nearest(L_5), U_4]))
 * P_3 = C3([nearest(L_4), U_3]);          P_4 = C3([f3x3/2(P_3), L_4])
 * P_5 = C3([f3x3/2(P_4), L_5])
 * </pre>
 *
 * <p>f(x) = BN(Conv(SN(x))), C3 is {@link CrossStage}, pool {@link PyramidPooling}.
 */
final class PathAggregation {
  /** Where the three outputs are. */
  static final List<OutputMap> MAPS =
      List.of(
          OutputMap.SAME,
          new OutputMap(1, size -> size),
          new OutputMap(2, PyramidPooling::outputSize));

  private final PyramidPooling pooling;
  private final SpikingConvolution lateral5;
  private final SpikingConvolution lateral4;
  private final SpikingConvolution step3;
  private final SpikingConvolution step4;
  private final CrossStage topDown4;
  private final CrossStage topDown3;
  private final CrossStage bottomUp4;
  private final CrossStage bottomUp5;
  private Resampling up5;
  private Resampling up4;

  /**
   * The layers.
   *
   * @param inputs channels of the three maps
   * @param widths channels of the three outputs
   */
  PathAggregation(
      Parameters p,
      Layers layers,
      NeuronConfig neuron,
      List<Integer> inputs,
      List<Integer> widths) {
    int w3 = widths.get(0);
    int w4 = widths.get(1);
    int w5 = widths.get(2);
    OutputMap m3 = MAPS.get(0);
    OutputMap m4 = MAPS.get(1);
    OutputMap m5 = MAPS.get(2);
    pooling = new PyramidPooling(p, layers, neuron, inputs.get(2), w5, m5);
    lateral5 = unit(p, layers, "lateral5", neuron, new Window(w5, w4, 1), m5);
    topDown4 = new CrossStage(p, layers, "top_down4", neuron, w4 + inputs.get(1), w4, m4);
    lateral4 = unit(p, layers, "lateral4", neuron, new Window(w4, w3, 1), m4);
    topDown3 = new CrossStage(p, layers, "top_down3", neuron, w3 + inputs.get(0), w3, m3);
    step3 = unit(p, layers, "step3", neuron, new Window(w3, w3, 3, 2), m4);
    bottomUp4 = new CrossStage(p, layers, "bottom_up4", neuron, 2 * w3, w4, m4);
    step4 = unit(p, layers, "step4", neuron, new Window(w4, w4, 3, 2), m5);
    bottomUp5 = new CrossStage(p, layers, "bottom_up5", neuron, 2 * w4, w5, m5);
  }

  private static SpikingConvolution unit(
      Parameters p, Layers layers, String name, NeuronConfig neuron, Window window, OutputMap map) {
    return new SpikingConvolution(p, layers, name, neuron, window, Norm.BATCH, map);
  }

  /** P_3, P_4 and P_5; the maps are left. */
  List<Tensor> forward(Pass pass, Tensor u3, Tensor u4, Tensor u5) {
    Tensor pooled = pooling.forward(pass, u5);
    Tensor l5 = lateral5.membrane(pass, Drive.of(pooled));
    pass.done(pooled);
    up5 = Resampling.between(Resampling.Kind.NEAREST, l5.shape(), u4.shape());
    Tensor fused4 = crossed(pass, topDown4, enlarged(pass, up5, l5, u4));
    Tensor l4 = lateral4.membrane(pass, Drive.of(fused4));
    pass.done(fused4);
    up4 = Resampling.between(Resampling.Kind.NEAREST, l4.shape(), u3.shape());
    Tensor p3 = crossed(pass, topDown3, enlarged(pass, up4, l4, u3));
    Tensor p4 = crossed(pass, bottomUp4, stepped(pass, step3, p3, l4));
    pass.give(l4);
    Tensor p5 = crossed(pass, bottomUp5, stepped(pass, step4, p4, l5));
    pass.give(l5);
    return List.of(p3, p4, p5);
  }

  private static Tensor crossed(Pass pass, CrossStage stage, Tensor joined) {
    Tensor u = stage.forward(pass, joined);
    pass.done(joined);
    return u;
  }

  /** A coarse map at the size of a fine one, beside which it lies then; both are left. */
  private static Tensor enlarged(Pass pass, Resampling form, Tensor coarse, Tensor fine) {
    Tensor up = pass.membrane(fine.size(0), fine.size(1), fine.size(2), coarse.channels());
    pass.kernels().resample(form, coarse, up);
    Tensor joined = SideBySide.joined(pass, up, fine);
    pass.give(up);
    return joined;
  }

  private static Tensor stepped(Pass pass, SpikingConvolution step, Tensor fine, Tensor coarse) {
    Tensor down = step.membrane(pass, Drive.of(fine));
    Tensor joined = SideBySide.joined(pass, down, coarse);
    pass.give(down);
    return joined;
  }

  /** From the gradients of the outputs, which are given back, to those of the maps. */
  List<Tensor> backward(Pass pass, List<Tensor> dOutputs) {
    Tensor dP3 = dOutputs.get(0);
    Tensor dP4 = dOutputs.get(1);
    Tensor dL5 = unstep(pass, bottomUp5, step4, dOutputs.get(2), dP4);
    Tensor dL4 = unstep(pass, bottomUp4, step3, dP4, dP3);
    Tensor dU3 = shrink(pass, topDown3, up4, dP3, dL4);
    Tensor dFused4 = lateral4.backward(pass, dL4);
    pass.give(dL4);
    Tensor dU4 = shrink(pass, topDown4, up5, dFused4, dL5);
    Tensor dPooled = lateral5.backward(pass, dL5);
    pass.give(dL5);
    Tensor dU5 = pooling.backward(pass, dPooled);
    pass.give(dPooled);
    return List.of(dU3, dU4, dU5);
  }

  /**
   * From the gradient of a coarse output, which is given back, to that of the lateral map beside
   * it; adds to the gradient of the finer output.
   */
  private static Tensor unstep(
      Pass pass, CrossStage stage, SpikingConvolution step, Tensor dCoarse, Tensor dFine) {
    Tensor dJoined = stage.backward(pass, dCoarse);
    pass.give(dCoarse);
    int own = dFine.channels();
    Tensor dDown = SideBySide.part(pass, dJoined, 0, own);
    Tensor dLateral = SideBySide.part(pass, dJoined, own, dJoined.channels() - own);
    pass.give(dJoined);
    Tensor more = step.backward(pass, dDown);
    pass.give(dDown);
    pass.kernels().add(dFine, more, dFine);
    pass.give(more);
    return dLateral;
  }

  /**
   * From the gradient of a fine output, which is given back, to that of the map beside it; adds to
   * the gradient of the coarse map.
   */
  private static Tensor shrink(
      Pass pass, CrossStage stage, Resampling form, Tensor dOutput, Tensor dCoarse) {
    Tensor dJoined = stage.backward(pass, dOutput);
    pass.give(dOutput);
    int own = dCoarse.channels();
    Tensor dUp = SideBySide.part(pass, dJoined, 0, own);
    Tensor dMap = SideBySide.part(pass, dJoined, own, dJoined.channels() - own);
    pass.give(dJoined);
    Tensor more = pass.membrane(dCoarse.shape());
    pass.kernels().resampleBackward(form, dUp, more);
    pass.give(dUp);
    pass.kernels().add(dCoarse, more, dCoarse);
    pass.give(more);
    return dMap;
  }
}
