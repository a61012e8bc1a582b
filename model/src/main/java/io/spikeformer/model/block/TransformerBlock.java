package io.spikeformer.model.block;

import static io.spikeformer.model.MetaSpikeFormerConfig.CHANNEL_RATIO;

import io.spikeformer.model.MetaSpikeFormerConfig;
import io.spikeformer.model.MetaSpikeFormerConfig.BlockSpec;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;

/**
 * Transformer-based block (paper, Eq. 11-14).
 *
 * <pre>
 * Q, K, V = SN(RepConv1(S)), SN(RepConv2(S)), SN(RepConv3(S)),  S = SN(U)
 * U'  = U  + RepConv4(SDSA(Q, K, V))
 * U'' = U' + ChannelMLP(U'),  ChannelMLP(U') = Linear(SN(Linear(SN(U'))))
 * </pre>
 */
final class TransformerBlock extends Block {
  private final SpikingNeurons neurons;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final SpikeDrivenSelfAttention attention;
  private final RepConv projection;
  private final SpikingNeurons linear1Neurons;
  private final NormalisedConvolution linear1;
  private final SpikingNeurons linear2Neurons;
  private final NormalisedConvolution linear2;

  TransformerBlock(MetaSpikeFormerConfig config, BlockSpec spec) {
    Parameters p = parameters();
    String name = spec.name() + ".";
    int width = spec.inputs();
    int hidden = CHANNEL_RATIO * width;
    neurons = SpikingNeurons.of(name + "repconv_qkv", config.neuron());
    query = new Projection(p, "q", name, config, width);
    key = config.attention().usesKeys() ? new Projection(p, "k", name, config, width) : null;
    value = new Projection(p, "v", name, config, width);
    attention = SpikeDrivenSelfAttention.of(p, spec.name(), config);
    projection = new RepConv(p, "proj", width);
    linear1Neurons = SpikingNeurons.of(name + "linear1", config.neuron());
    linear1 =
        new NormalisedConvolution(
            p,
            Convolution.denseWithBias(p, "linear1", width, hidden, 1, 1),
            new BatchNorm(p, "linear1.bn", hidden));
    linear2Neurons = SpikingNeurons.of(name + "linear2", config.neuron());
    linear2 =
        new NormalisedConvolution(
            p,
            Convolution.denseWithBias(p, "linear2", hidden, width, 1, 1),
            new BatchNorm(p, "linear2.bn", width));
  }

  /** SN(RepConv(S)). */
  private static final class Projection {
    private final RepConv convolution;
    private final SpikingNeurons neurons;

    Projection(Parameters p, String name, String block, MetaSpikeFormerConfig config, int width) {
      convolution = new RepConv(p, name, width);
      neurons = SpikingNeurons.of(block + name, config.neuron());
    }

    Tensor forward(Pass pass, Tensor s) {
      Drive x = convolution.forward(pass, s, null);
      Tensor spikes = neurons.fire(pass, x);
      pass.done(x.value());
      return spikes;
    }

    Tensor backward(Pass pass, Tensor dSpikes) {
      return convolution.backward(pass, neurons.backward(pass, dSpikes, convolution.output()));
    }
  }

  @Override
  Tensor run(Pass pass, Tensor u) {
    Tensor s = neurons.fire(pass, Drive.of(u));
    Tensor q = query.forward(pass, s);
    Tensor k = key == null ? null : key.forward(pass, s);
    Tensor v = value.forward(pass, s);
    pass.done(s);
    Tensor mixed = attention.forward(pass, q, k, v);

    // U' = U + RepConv4(SDSA(Q, K, V)), formed while its neurons fire
    Tensor u1 = pass.membrane(u.shape());
    Drive projected = projection.forward(pass, mixed, u);
    Tensor s1 = linear1Neurons.fire(pass, projected, u1);
    pass.done(projected.value());
    Drive hidden = linear1.forward(pass, s1);
    pass.done(s1);
    Tensor sHidden = linear2Neurons.fire(pass, hidden);
    pass.done(hidden.value());
    Drive output = linear2.forward(pass, sHidden, u1);
    pass.done(sHidden);

    // U'' = U' + ChannelMLP(U'), in the place of U'
    pass.kernels().affine(output, u1);
    pass.done(output.value());
    return u1;
  }

  @Override
  Tensor runBackward(Pass pass, Tensor dU) {
    linear2.output().sum(pass, dU);
    Tensor dHidden = linear2.backwardFromMembrane(pass, dU);
    linear2Neurons.backward(pass, dHidden, linear1.output());
    Tensor ds1 = linear1.backward(pass, dHidden);
    linear1Neurons.backwardShortcut(pass, ds1, dU, projection.output()); // dU is now that of U'

    SpikeDrivenSelfAttention.Gradients d =
        attention.backward(pass, projection.backwardFromMembrane(pass, dU));
    Tensor dS = query.backward(pass, d.query());
    if (key != null) {
      add(pass, dS, key.backward(pass, d.key()));
    }
    add(pass, dS, value.backward(pass, d.value()));
    return neurons.backwardShortcut(pass, dS, dU, null);
  }

  private static void add(Pass pass, Tensor sum, Tensor part) {
    pass.kernels().add(sum, part, sum);
    pass.give(part);
  }
}
