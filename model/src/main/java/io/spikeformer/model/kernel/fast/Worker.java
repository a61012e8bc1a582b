package io.spikeformer.model.kernel.fast;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;

/** The possessions of one thread of the team for oneDNN: buffers and compiled primitives by key. */
final class Worker implements AutoCloseable {
  private static final int MOST_PRIMITIVES = 1024;

  final Native context = new Native();
  private final Cache<ConvolutionPrimitive.Key, ConvolutionPrimitive> convolutions = new Cache<>();
  private final Cache<ProductPrimitive.Key, ProductPrimitive> products = new Cache<>();

  ConvolutionPrimitive convolution(ConvolutionPrimitive.Key key) {
    return convolutions.find(key, context, ConvolutionPrimitive::new);
  }

  ProductPrimitive product(ProductPrimitive.Key key) {
    return products.find(key, context, ProductPrimitive::new);
  }

  @Override
  public void close() {
    convolutions.close();
    products.close();
    context.close();
  }

  /** Something compiled that holds native memory. */
  interface Compiled extends AutoCloseable {
    @Override
    void close();
  }

  /** The most recently used primitives; what has not been used for long is closed. */
  private static final class Cache<K, P extends Compiled> {
    private final Map<K, P> primitives =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, P> eldest) {
            if (size() <= MOST_PRIMITIVES) {
              return false;
            }
            eldest.getValue().close();
            return true;
          }
        };

    P find(K key, Native context, BiFunction<Native, K, P> compile) {
      P primitive = primitives.get(key);
      if (primitive == null) {
        primitive = compile.apply(context, key);
        primitives.put(key, primitive);
      }
      return primitive;
    }

    void close() {
      primitives.values().forEach(Compiled::close);
      primitives.clear();
    }
  }
}
