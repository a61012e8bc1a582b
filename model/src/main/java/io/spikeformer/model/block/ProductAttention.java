package io.spikeformer.model.block;

import io.spikeformer.model.block.CountedLayer.Operation;
import io.spikeformer.model.block.CountedLayer.OutputMap;
import io.spikeformer.model.block.ParameterLayout.Kind;
import io.spikeformer.model.config.AttentionOperator;
import io.spikeformer.model.config.BlockSpec;
import io.spikeformer.model.config.NeuronConfig;
import io.spikeformer.model.config.Structure.TransformerForm;
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
 * <p>K^T V comes first, so the cost is linear in the number of tokens: [D, L] [L, E], then [L, D]
 * [D, E], for queries and keys of D and values of E channels a head.
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
    long area = (long) spec.width() * spec.valueWidth();
    layers.addOperator(product(layers, "ktv", "attention K^T V", "k", area));
    layers.addOperator(product(layers, "q_ktv", "attention Q (K^T V)", "q", area));
    String name = layers.name("repconv_proj");
    integers = neuron.integers() != null;
    if (integers) {
      boolean byWidth = spec.form() == TransformerForm.EFFICIENT;
      double share = byWidth ? 1 / Math.sqrt((double) spec.width() / heads) : 1;
      neurons = SpikingNeurons.ofProducts(name, neuron, share);
    } else if (spec.attention() == AttentionOperator.SDSA_4) {
      Parameter threshold =
          p.declare("attention.threshold", Kind.THRESHOLD, Initialisation.HALF, 1, 1);
      neurons = SpikingNeurons.learnable(name, neuron, SCALE, threshold);
    } else {
      neurons = SpikingNeurons.scaled(name, neuron, SCALE, THRESHOLD);
    }
  }

  /** Merged, a product knows no heads. */
  private CountedLayer product(Layers layers, String name, String text, String neurons, long area) {
    return new CountedLayer(
        layers.name(name),
        Optional.of(layers.name(neurons)),
        List.of(OutputMap.SAME),
        false,
        new Operation(text, area),
        List.of(new Operation(text, area / heads)));
  }

  private int images() {
    return (int) query.size(0);
  }

  private int tokens() {
    return (int) (query.size(1) * query.size(2));
  }

  /** D of the queries and keys. */
  private int headWidth() {
    return query.channels() / heads;
  }

  /** E of the values. */
  private int valueWidth() {
    return value.channels() / heads;
  }

  /** Strides of one head's [L, width] in [N, L, heads, width]. */
  private Strides token(int width) {
    long channels = (long) heads * width;
    return new Strides(tokens() * channels, width, channels, 1);
  }

  /** Strides of one head's [D, E] in [N, heads, D, E]. */
  private Strides area() {
    long size = (long) headWidth() * valueWidth();
    return new Strides(heads * size, size, valueWidth(), 1);
  }

  /** [D, L] [L, E] -> [D, E]. */
  private MatmulShape overTokens() {
    return new MatmulShape(
        images(),
        heads,
        headWidth(),
        tokens(),
        valueWidth(),
        token(headWidth()).transposed(),
        token(valueWidth()),
        area());
  }

  /** [L, D] [D, E] -> [L, E]. */
  private MatmulShape toValues() {
    return new MatmulShape(
        images(),
        heads,
        tokens(),
        headWidth(),
        valueWidth(),
        token(headWidth()),
        area(),
        token(valueWidth()));
  }

  /** [L, E] [E, D] -> [L, D]. */
  private MatmulShape fromValues() {
    return new MatmulShape(
        images(),
        heads,
        tokens(),
        valueWidth(),
        headWidth(),
        token(valueWidth()),
        area().transposed(),
        token(headWidth()));
  }

  private Tensor sums(Pass pass, long... shape) {
    return integers ? pass.membrane(shape) : pass.product(shape);
  }

  @Override
  public Tensor forward(Pass pass, Tensor q, Tensor k, Tensor v) {
    query = q;
    key = k;
    value = v;
    keyValue = sums(pass, images(), heads, headWidth(), valueWidth());
    pass.kernels().matmul(overTokens(), k, v, keyValue);
    pass.done(k);
    pass.done(v);
    Tensor mixed = sums(pass, v.shape());
    pass.kernels().matmul(toValues(), q, keyValue, mixed);
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
    pass.kernels().matmul(fromValues(), dMixed, keyValue, dQuery);
    Tensor dKeyValue = pass.product(keyValue.shape());
    pass.kernels().matmul(overTokens(), query, dMixed, dKeyValue);
    pass.give(dMixed);
    Tensor dKey = pass.product(key.shape());
    pass.kernels().matmul(fromValues(), value, dKeyValue, dKey);
    Tensor dValue = pass.product(value.shape());
    pass.kernels().matmul(toValues(), key, dKeyValue, dValue);
    pass.give(dKeyValue);
    return new Gradients(dQuery, dKey, dValue);
  }
}
