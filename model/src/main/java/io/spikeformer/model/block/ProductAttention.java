package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.kernel.Drive;
import io.spikeformer.model.kernel.MatmulShape;
import io.spikeformer.model.kernel.MatmulShape.Strides;
import io.spikeformer.model.kernel.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * SDSA-3 and SDSA-4: SN(s Q (K^T V)) for each head, with s = 0.125 merged into the neuron.
 *
 * <p>Of integers, both products and the drive are float32 in any precision: sums of integers up to
 * 2^24 are exact in it.
 *
 * <p>K^T V comes first, so the cost is linear in the number of tokens: [D, L] [L, D], then [L, D]
 * [D, D].
 */
final class ProductAttention implements SpikeDrivenSelfAttention {
  private static final double SCALE = 0.125;
  private static final double THRESHOLD = 0.5;

  private final int heads;
  private final SpikingNeurons neurons;
  private final boolean integers;
  private Tensor query;
  private Tensor key;
  private Tensor value;
  private Tensor keyValue;

  ProductAttention(Parameters p, Layers layers, BlockSpec.Transformer spec, NeuronConfig neuron) {
    heads = spec.heads();
    layers.addOperator(product(layers, "ktv", "attention K^T V", "k", spec.width()));
    layers.addOperator(product(layers, "q_ktv", "attention Q (K^T V)", "q", spec.width()));
    String name = layers.name("repconv_proj");
    integers = neuron.integers() != null;
    if (integers) {
      neurons = SpikingNeurons.ofProducts(name, neuron);
    } else if (spec.attention() == AttentionOperator.SDSA_4) {
      Parameter threshold =
          p.declare("attention.threshold", Kind.THRESHOLD, Initialisation.HALF, 1, 1);
      neurons = SpikingNeurons.learnable(name, neuron, SCALE, threshold);
    } else {
      neurons = SpikingNeurons.scaled(name, neuron, SCALE, THRESHOLD);
    }
  }

  /** Merged, a product knows no heads. */
  private CountedLayer product(
      Layers layers, String name, String text, String neurons, long width) {
    return new CountedLayer(
        layers.name(name),
        Optional.of(layers.name(neurons)),
        List.of(OutputMap.SAME),
        false,
        new Operation(text, width * width),
        List.of(new Operation(text, width * width / heads)));
  }

  private int images() {
    return (int) query.size(0);
  }

  private int tokens() {
    return (int) (query.size(1) * query.size(2));
  }

  private int headWidth() {
    return query.channels() / heads;
  }

  /** Strides of one head's [L, D] in [N, L, C]. */
  private Strides token() {
    long channels = query.channels();
    return new Strides(tokens() * channels, headWidth(), channels, 1);
  }

  /** Strides of one head's [D, D] in [N, heads, D, D]. */
  private Strides square() {
    long width = headWidth();
    return new Strides(heads * width * width, width * width, width, 1);
  }

  /** [D, L] [L, D] -> [D, D]. */
  private MatmulShape overTokens() {
    return new MatmulShape(
        images(),
        heads,
        headWidth(),
        tokens(),
        headWidth(),
        token().transposed(),
        token(),
        square());
  }

  /** [L, D] [D, D] -> [L, D]. */
  private MatmulShape overWidth(Strides square) {
    return new MatmulShape(
        images(), heads, tokens(), headWidth(), headWidth(), token(), square, token());
  }

  private Tensor sums(Pass pass, long... shape) {
    return integers ? pass.membrane(shape) : pass.product(shape);
  }

  @Override
  public Tensor forward(Pass pass, Tensor q, Tensor k, Tensor v) {
    query = q;
    key = k;
    value = v;
    keyValue = sums(pass, images(), heads, headWidth(), headWidth());
    pass.kernels().matmul(overTokens(), k, v, keyValue);
    pass.done(k);
    pass.done(v);
    Tensor mixed = sums(pass, q.shape());
    pass.kernels().matmul(overWidth(square()), q, keyValue, mixed);
    pass.done(q);
    pass.done(keyValue);
    Tensor spikes = neurons.fire(pass, Drive.of(mixed));
    pass.done(mixed);
    return spikes;
  }

  @Override
  public Gradients backward(Pass pass, Tensor dOutput) {
    Tensor dMixed = neurons.backward(pass, dOutput);
    Tensor dQuery = pass.product(query.shape());
    pass.kernels().matmul(overWidth(square().transposed()), dMixed, keyValue, dQuery);
    Tensor dKeyValue = pass.product(keyValue.shape());
    pass.kernels().matmul(overTokens(), query, dMixed, dKeyValue);
    pass.give(dMixed);
    Tensor dKey = pass.product(key.shape());
    pass.kernels().matmul(overWidth(square().transposed()), value, dKeyValue, dKey);
    Tensor dValue = pass.product(value.shape());
    pass.kernels().matmul(overWidth(square()), key, dKeyValue, dValue);
    pass.give(dKeyValue);
    return new Gradients(dQuery, dKey, dValue);
  }
}
