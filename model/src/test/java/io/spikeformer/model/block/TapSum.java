package io.spikeformer.model.block;

import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;

/**
 * A block that reads two maps of other sizes: BN(Conv3x3/2(U1)) + BN(Conv1x1(U2)), U1 [N, 2H, 2W,
 * C1], U2 [N, H, W, C2], to [N, H, W, C]. Without neurons it is smooth.
 */
final class TapSum extends Block {
  private final NormalisedConvolution large;
  private final NormalisedConvolution small;

  /**
   * Describes the block.
   *
   * @param reads the larger map, then the smaller one
   * @param inputs C1
   * @param others C2
   * @param outputs C
   */
  record Spec(String name, List<String> reads, int inputs, int others, int outputs)
      implements BlockSpec {
    @Override
    public BlockKind kind() {
      return BlockKind.DOWNSAMPLING;
    }

    @Override
    public int outputSize(int inputSize) {
      return (inputSize - 1) / 2 + 1;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> R accept(Visitor<R> visitor) {
      return (R) new TapSum(this);
    }
  }

  TapSum(Spec spec) {
    super(spec.name());
    Parameters p = parameters();
    Convolution strided = Convolution.dense(p, "large", spec.inputs(), spec.outputs(), 3, 2);
    large = new NormalisedConvolution(p, strided, new BatchNorm(p, "large.bn", spec.outputs()));
    Convolution pointwise = Convolution.dense(p, "small", spec.others(), spec.outputs(), 1, 1);
    small = new NormalisedConvolution(p, pointwise, new BatchNorm(p, "small.bn", spec.outputs()));
    CountedLayer.OutputMap map = new CountedLayer.OutputMap(1, size -> size);
    declare().add(CountedLayer.of(declare().name("large"), map, List.of(strided)).reading(null));
    declare().add(CountedLayer.of(declare().name("small"), map, List.of(pointwise)).reading(null));
  }

  @Override
  Tensor run(Pass pass, Tensor[] read) {
    Tensor x1 = SpikeSums.factor(pass, read[0]);
    Drive first = large.forward(pass, x1);
    pass.done(x1);
    Tensor sum = pass.membrane(first.value().shape());
    pass.kernels().affine(first, sum);
    pass.done(first.value());
    Tensor x2 = SpikeSums.factor(pass, read[1]);
    Drive both = small.forward(pass, x2, sum);
    pass.done(x2);
    pass.kernels().affine(both, sum);
    pass.done(both.value());
    return sum;
  }

  @Override
  List<Tensor> runBackward(Pass pass, Tensor dSum) {
    small.output().sum(pass, dSum);
    Tensor d2 = widened(pass, small.backwardFromMembrane(pass, dSum));
    large.output().sum(pass, dSum);
    Tensor d1 = widened(pass, large.backwardFromMembrane(pass, dSum));
    pass.give(dSum);
    return List.of(d1, d2);
  }

  /** Between blocks everything is float32. */
  private static Tensor widened(Pass pass, Tensor d) {
    Tensor wide = pass.membrane(d.shape());
    pass.kernels().affine(Drive.of(d), wide);
    pass.give(d);
    return wide;
  }
}
