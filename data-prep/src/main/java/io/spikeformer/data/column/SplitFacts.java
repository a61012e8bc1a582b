package io.spikeformer.data.column;

import io.spikeformer.common.Text;
import io.spikeformer.data.storage.InvalidSampleException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The facts of a split by which its samples are checked and described.
 *
 * @param classes names in the order of the labels
 * @param settings of the conversion, by name
 */
public record SplitFacts(List<String> classes, Map<String, String> settings) {
  /** Copies the list and the map. */
  public SplitFacts {
    classes = List.copyOf(classes);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** The name of a class, or its number where it has none. */
  String name(int label) {
    return label < classes.size() ? classes.get(label) : "class " + label;
  }

  /** Adds a class to what is told to programs. */
  void name(int label, Map<String, Object> object) {
    object.put("label", label);
    object.put("class", name(label));
  }

  void requireLabel(int label) throws InvalidSampleException {
    if (label >= classes.size()) {
      throw new InvalidSampleException(
          Text.format("label: expected less than %d, found %d", classes.size(), label));
    }
  }
}
