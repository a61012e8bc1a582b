package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.BlockSpec.Bias;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Structure;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.Tensor;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Token mixer of a transformer block behind its first neurons (paper, Eq. 11-13):
 * P4(SDSA(SN(P1(s)), SN(P2(s)), SN(P3(s)))) with projections P.
 *
 * <p>With RepConv as P it is the paper's; with 1x1 convolutions and SDSA-3 it is SSA of Spikformer
 * (Zhou et al. 2023), SN(Q K^T V * 0.125), and with SDSA-V1 that of the first Spike-driven
 * Transformer (Yao et al. 2023). Values are wider than queries and keys in an E-SpikeFormer.
 */
final class AttentionBranch implements Branch {
  private final String reads;
  private final FiringProjection query;
  private final FiringProjection key;
  private final FiringProjection value;
  private final SpikeDrivenSelfAttention operator;
  private final Projection projection;

  AttentionBranch(Parameters p, Layers layers, BlockSpec.Transformer spec, NeuronConfig neuron) {
    reads = layers.name("repconv_qkv");
    int width = spec.width();
    query = new FiringProjection(p, "q", spec, width, neuron);
    key = spec.attention().usesKeys() ? new FiringProjection(p, "k", spec, width, neuron) : null;
    value = new FiringProjection(p, "v", spec, spec.valueWidth(), neuron);
    layers.add(inputs(spec));
    Stream.of(query, key, value)
        .filter(Objects::nonNull)
        .forEach(each -> layers.addNeurons(each.name));
    operator = SpikeDrivenSelfAttention.of(p, layers, spec, neuron);
    boolean bias =
        spec.output() == Structure.ProjectionKind.LINEAR && spec.outputBias() == Bias.PRESENT;
    projection =
        bias
            ? Projection.linearWithBias(p, "proj", width)
            : Projection.of(spec.output(), p, "proj", spec.valueWidth(), width);
    layers.add(
        CountedLayer.of(layers.name("repconv_proj"), OutputMap.SAME, projection.convolutions()));
  }

  /** The projections that read the same spikes, as one row. */
  private CountedLayer inputs(BlockSpec.Transformer spec) {
    int alike = key == null ? 2 : 3;
    int wider = spec.valueWidth() / spec.width();
    CountedLayer equal =
        CountedLayer.of(reads, OutputMap.SAME, query.projection.convolutions()).times(alike);
    return wider == 1
        ? equal
        : equal.counting(
            new Operation(
                "pointwise convolutions of q, k and v",
                (alike - 1L + wider) * spec.width() * spec.width()));
  }

  @Override
  public String reads() {
    return reads;
  }

  /** SN(P(s)). */
  private static final class FiringProjection {
    private final String name;
    private final Projection projection;
    private final SpikingNeurons neurons;

    FiringProjection(
        Parameters p, String name, BlockSpec.Transformer spec, int outputs, NeuronConfig neuron) {
      projection = Projection.of(spec.queryKeyValue(), p, name, spec.width(), outputs);
      this.name = spec.name() + "." + name;
      neurons = SpikingNeurons.whole(this.name, neuron);
    }

    Tensor forward(Pass pass, Tensor s) {
      Drive x = projection.forward(pass, s, null);
      Tensor spikes = neurons.fire(pass, x);
      pass.done(x.value());
      return spikes;
    }

    Tensor backward(Pass pass, Tensor dSpikes) {
      return projection.backward(pass, neurons.backward(pass, dSpikes, projection.output()));
    }
  }

  @Override
  public Drive forward(Pass pass, Tensor s, Tensor shortcut) {
    Tensor q = query.forward(pass, s);
    Tensor k = key == null ? null : key.forward(pass, s);
    Tensor v = value.forward(pass, s);
    pass.done(s);
    Tensor mixed = operator.forward(pass, q, k, v);
    Drive output = projection.forward(pass, mixed, shortcut);
    pass.done(mixed);
    return output;
  }

  @Override
  public Normalisation output() {
    return projection.output();
  }

  @Override
  public Tensor backward(Pass pass, Tensor dx) {
    return throughOperator(pass, projection.backward(pass, dx));
  }

  @Override
  public Tensor backwardFromMembrane(Pass pass, Tensor dU) {
    return throughOperator(pass, projection.backwardFromMembrane(pass, dU));
  }

  private Tensor throughOperator(Pass pass, Tensor dMixed) {
    SpikeDrivenSelfAttention.Gradients d = operator.backward(pass, dMixed);
    Tensor dS = query.backward(pass, d.query());
    if (key != null) {
      add(pass, dS, key.backward(pass, d.key()));
    }
    add(pass, dS, value.backward(pass, d.value()));
    return dS;
  }

  private static void add(Pass pass, Tensor sum, Tensor part) {
    pass.kernels().add(sum, part, sum);
    pass.give(part);
  }
}
