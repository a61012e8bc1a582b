package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.SpikingConvolution.Window;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.SemanticFpn;
import io.spikeformer.model.config.SemanticFpn.Norm;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Resampling;
import io.spikeformer.model.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a level i of a pyramid to the size of the first: BN(Conv3x3(SN(x))), for i &gt; 0 followed
 * by bilinear x2, i times.
 */
final class PyramidScale {
  private final int level;
  private final List<SpikingConvolution> convolutions = new ArrayList<>();
  private final List<long[]> shapes = new ArrayList<>();
  private long[] first;

  PyramidScale(Parameters p, Layers layers, NeuronConfig neuron, SemanticFpn form, int level) {
    this.level = level;
    for (int k = 0; k < Math.max(1, level); k++) {
      int times = k;
      int inputs = k == 0 ? form.neckWidth() : form.headWidth();
      OutputMap map = new OutputMap(level, size -> size << times);
      Window convolution = new Window(inputs, form.headWidth(), 3);
      String name = "scale" + level + "." + k;
      convolutions.add(
          new SpikingConvolution(p, layers, name, neuron, convolution, Norm.BATCH, map));
    }
  }

  /** A level above 0, but for the last resampling, to the first one's size. */
  Tensor forward(Pass pass, Drive output, long[] firstShape) {
    first = firstShape;
    shapes.clear();
    Drive x = output;
    Tensor u = null;
    for (SpikingConvolution convolution : convolutions) {
      if (u != null) {
        u = resampled(pass, u, doubled(u.shape()));
        x = Drive.of(u);
      }
      u = convolution.membrane(pass, x);
      pass.done(x.value());
      shapes.add(u.shape());
    }
    return sameSize(doubled(u.shape()), first) ? u : resampled(pass, u, doubled(u.shape()));
  }

  /** Level 0 plus the others, each as it came from {@link #forward}. */
  Tensor sum(Pass pass, Drive output, List<Tensor> others) {
    first = output.value().shape();
    shapes.clear();
    shapes.add(first);
    Tensor sum = convolutions.get(0).membranePlus(pass, output, Resampling.Kind.BILINEAR, others);
    pass.done(output.value());
    return sum;
  }

  private static Tensor resampled(Pass pass, Tensor u, long[] to) {
    Tensor larger = pass.membrane(u.size(0), to[1], to[2], u.channels());
    pass.kernels().resample(Resampling.between(Resampling.Kind.BILINEAR, u.shape(), to), u, larger);
    pass.give(u);
    return larger;
  }

  /** From the gradient of the map, which is left as it is, to that of the pyramid's output. */
  Tensor backward(Pass pass, Tensor dMap) {
    Tensor d = dMap;
    long[] last = shapes.get(shapes.size() - 1);
    if (level > 0 && !sameSize(doubled(last), first)) {
      d = back(pass, dMap, doubled(last), dMap);
    }
    for (int k = convolutions.size() - 1; k >= 0; k--) {
      if (level > 0) {
        d = back(pass, d, shapes.get(k), dMap);
      }
      Tensor dx = convolutions.get(k).backward(pass, d);
      if (d != dMap) {
        pass.give(d);
      }
      d = dx;
    }
    return d;
  }

  /** Through a resampling; what came is given back unless it is to be left. */
  private static Tensor back(Pass pass, Tensor d, long[] source, Tensor left) {
    Tensor smaller = pass.membrane(d.size(0), source[1], source[2], d.channels());
    pass.kernels()
        .resampleBackward(
            Resampling.between(Resampling.Kind.BILINEAR, source, d.shape()), d, smaller);
    if (d != left) {
      pass.give(d);
    }
    return smaller;
  }

  private static long[] doubled(long[] shape) {
    return new long[] {shape[0], 2 * shape[1], 2 * shape[2], shape[3]};
  }

  private static boolean sameSize(long[] a, long[] b) {
    return a[1] == b[1] && a[2] == b[2];
  }
}
