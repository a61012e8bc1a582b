package io.spikeformer.model.kernel.fast;

import io.spikeformer.model.kernel.Tensor;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Values derived from weights that a caller has promised not to change. */
final class KeptWeights implements AutoCloseable {
  private final Map<Long, Map<Object, AutoCloseable>> derived = new ConcurrentHashMap<>();

  /** Begins to keep what is derived from a tensor. */
  void keep(Tensor weights) {
    derived.computeIfAbsent(weights.address(), address -> new ConcurrentHashMap<>());
  }

  /** Frees what was derived from a tensor. */
  void forget(Tensor weights) {
    Map<Object, AutoCloseable> forms = derived.remove(weights.address());
    if (forms != null) {
      forms.values().forEach(KeptWeights::close);
    }
  }

  /**
   * The values derived from the weights at an address, or null if nothing of them is kept.
   *
   * @param key kind of what is derived
   * @param derive called once for each key
   */
  <T extends AutoCloseable> T find(long address, Class<T> type, Object key, Supplier<T> derive) {
    Map<Object, AutoCloseable> forms = derived.get(address);
    return forms == null ? null : type.cast(forms.computeIfAbsent(key, k -> derive.get()));
  }

  /** Number of forms that are kept of the weights at an address. */
  int forms(long address) {
    return derived.getOrDefault(address, Map.of()).size();
  }

  private static void close(AutoCloseable form) {
    try {
      form.close();
    } catch (Exception e) {
      throw new IllegalStateException("freeing memory failed", e);
    }
  }

  @Override
  public void close() {
    derived.values().forEach(forms -> forms.values().forEach(KeptWeights::close));
    derived.clear();
  }
}
