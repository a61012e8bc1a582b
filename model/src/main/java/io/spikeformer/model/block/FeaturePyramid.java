package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
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
  private List<Tensor> sums = List.of();
  private final List<long[]> shapes = new ArrayList<>();

  /**
   * The widths and the strides of a pyramid.
   *
   * @param inputs channels of the maps
   * @param width channels of the pyramid
   * @param lastStride of the output convolution of the smallest level
   * @param norm what follows the convolutions
   */
  record Form(List<Integer> inputs, int width, int lastStride, Norm norm) {
    int levels() {
      return inputs.size();
    }

    /** Where the output of a level is. */
    OutputMap output(int level) {
      int stride = level == levels() - 1 ? lastStride : 1;
      return new OutputMap(level, size -> (size - 1) / stride + 1);
    }
  }

  FeaturePyramid(Parameters p, Layers layers, NeuronConfig neuron, Form form) {
    Norm norm = form.norm();
    int width = form.width();
    for (int i = 0; i < form.levels(); i++) {
      Window window = new Window(form.inputs().get(i), width, 1);
      OutputMap map = new OutputMap(i, size -> size);
      laterals.add(new SpikingConvolution(p, layers, "lateral" + i, neuron, window, norm, map));
    }
    for (int i = 0; i < form.levels(); i++) {
      int stride = i == form.levels() - 1 ? form.lastStride() : 1;
      Window window = new Window(width, width, 3, stride);
      OutputMap map = form.output(i);
      outputs.add(new SpikingConvolution(p, layers, "output" + i, neuron, window, norm, map));
    }
  }

  /** The outputs, still to be formed; the maps are left. */
  List<Drive> forward(Pass pass, List<Tensor> maps) {
    sums = sums(pass, maps);
    List<Drive> drives = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      drives.add(outputs.get(i).forward(pass, Drive.of(sums.get(i))));
      pass.done(sums.get(i));
    }
    return drives;
  }

  /** As {@link #forward}, as float32 maps. */
  List<Tensor> membranes(Pass pass, List<Tensor> maps) {
    sums = sums(pass, maps);
    List<Tensor> membranes = new ArrayList<>();
    for (int i = 0; i < sums.size(); i++) {
      membranes.add(outputs.get(i).membrane(pass, Drive.of(sums.get(i))));
      pass.done(sums.get(i));
    }
    return membranes;
  }

  private List<Tensor> sums(Pass pass, List<Tensor> maps) {
    Tensor[] own = new Tensor[maps.size()];
    int last = own.length - 1;
    for (int i = last; i >= 0; i--) {
      Drive map = Drive.of(maps.get(i));
      own[i] =
          i == last
              ? laterals.get(i).membrane(pass, map)
              : laterals
                  .get(i)
                  .membranePlus(pass, map, Resampling.Kind.NEAREST, List.of(own[i + 1]));
    }
    shapes.clear();
    for (Tensor sum : own) {
      shapes.add(sum.shape());
    }
    return List.of(own);
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
      pass.spent(sums.get(i));
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
