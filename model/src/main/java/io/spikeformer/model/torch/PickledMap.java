package io.spikeformer.model.torch;

import io.spikeformer.model.ModelException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A Python dict of a pickle, in its order. Each key appears once. */
final class PickledMap {
  private final Map<Object, Object> entries = new LinkedHashMap<>();

  /**
   * Adds an entry.
   *
   * @throws ModelException if the key is there already or is no plain value
   */
  void put(Object key, Object value) {
    if (!(key == null
        || key instanceof String
        || key instanceof Number
        || key instanceof Boolean)) {
      throw new ModelException(
          "expected keys that are texts or numbers, found a " + key.getClass().getSimpleName());
    }
    if (entries.containsKey(key)) {
      throw new ModelException("expected each key once, found '" + key + "' twice");
    }
    entries.put(key, value);
  }

  Map<Object, Object> entries() {
    return entries;
  }
}
