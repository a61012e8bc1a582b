package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Form;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Spike-driven feature pyramid (Lin et al., 2017) on maps U_0 to U_n of falling size.
 *
 * <pre>
 * L_i = Conv1x1(SN(U_i))
 * P_i = L_i + nearest(P_i+1),  P_n = L_n     no neuron between
 * O_i = Conv3x3(SN(P_i))
 * </pre>
 */
final class FeaturePyramid {
  private final List<SpikingConvolution> laterals = new ArrayList<>();
  private final List<SpikingConvolution> outputs = new ArrayList<>();
  private final List<long[]> shapes = new ArrayList<>();

  FeaturePyramid(Parameters p, Layers layers, NeuronConfig neuron, BlockSpec.SemanticFpnHead spec) {
    int neckWidth = spec.form().neckWidth();
    Norm norm = spec.form().norm();
    for (int i = 0; i < spec.widths().size(); i++) {
      Form form = new Form(spec.widths().get(i), neckWidth, 1);
      laterals.add(
          new SpikingConvolution(
              p, layers, "lateral" + i, neuron, form, norm, new OutputMap(i, size -> size)));
    }
    for (int i = 0; i < spec.widths().size(); i++) {
      Form form = new Form(neckWidth, neckWidth, 3);
      outputs.add(
          new SpikingConvolution(
              p, layers, "output" + i, neuron, form, norm, new OutputMap(i, size -> size)));
    }
  }

  /** The outputs, still to be formed; the maps are left. */
  List<Drive> forward(Pass pass, List<Tensor> maps) {
    List<Tensor> sums = new ArrayList<>();
    shapes.clear();
    for (int i = 0; i < maps.size(); i++) {
      sums.add(laterals.get(i).membrane(pass, Drive.of(maps.get(i))));
      shapes.add(sums.get(i).shape());
    }
    for (int i = sums.size() - 1; i > 0; i--) {
      Tensor finer = sums.get(i - 1);
      Tensor up = pass.membrane(finer.shape());
      pass.kernels().resample(nearest(i), sums.get(i), up);
      pass.kernels().add(finer, up, finer);
      pass.give(up);
    }
    List<Drive> drives = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      drives.add(outputs.get(i).forward(pass, Drive.of(sums.get(i))));
      pass.done(sums.get(i));
    }
    return drives;
  }

  /** From level i to the size of level i - 1. */
  private Resampling nearest(int i) {
    return Resampling.between(Resampling.Kind.NEAREST, shapes.get(i), shapes.get(i - 1));
  }

  /** From the gradients of the outputs, which are given back, to those of the maps. */
  List<Tensor> backward(Pass pass, List<Tensor> dOutputs) {
    List<Tensor> dSums = new ArrayList<>();
    for (int i = 0; i < dOutputs.size(); i++) {
      Tensor dSum = outputs.get(i).backward(pass, dOutputs.get(i));
      pass.give(dOutputs.get(i));
      if (i > 0) {
        Tensor fromFiner = pass.membrane(dSum.shape());
        pass.kernels().resampleBackward(nearest(i), dSums.get(i - 1), fromFiner);
        pass.kernels().add(dSum, fromFiner, dSum);
        pass.give(fromFiner);
      }
      dSums.add(dSum);
    }
    List<Tensor> dMaps = new ArrayList<>();
    for (int i = 0; i < dSums.size(); i++) {
      dMaps.add(laterals.get(i).backward(pass, dSums.get(i)));
      pass.give(dSums.get(i));
    }
    return dMaps;
  }
}
