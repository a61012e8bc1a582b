package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A Python dict of a pickle, in its order. Each key appears once. Entries whose key is no plain
 * value, such as a tuple, are left out: no tensor of a model is named by one.
 */
final class PickledMap {
  private final Map<Object, Object> entries = new LinkedHashMap<>();

  /**
   * Adds an entry.
   *
   * @throws UserException if the key is there already
   */
  void put(Object key, Object value) {
    if (!(key == null
        || key instanceof String
        || key instanceof Number
        || key instanceof Boolean)) {
      return;
    }
    if (entries.containsKey(key)) {
      throw new UserException("expected each key once, found '%s' twice", key);
    }
    entries.put(key, value);
  }

  Map<Object, Object> entries() {
    return entries;
  }
}
