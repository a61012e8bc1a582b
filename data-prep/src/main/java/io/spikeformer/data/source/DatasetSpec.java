package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.data.storage.Storage;
import java.io.Serializable;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names one split of a raw dataset; tasks open it by this.
 *
 * @param dataset the kind of dataset, for example imagenet
 * @param input URI of the dataset; a plain path is made one
 * @param split name of the split
 * @param settings that decide what is made of it, by name; only those that are not at their default
 */
public record DatasetSpec(
    String dataset, String input, String split, SortedMap<String, String> settings)
    implements Serializable {
  /** Checks the split's name and resolves the input. */
  public DatasetSpec {
    Objects.requireNonNull(dataset, "dataset");
    input = Storage.path(input).toString();
    if (split == null || !split.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new IllegalArgumentException(
          Text.format(
              "split: expected a name of letters, digits, '.', '_' and '-', found %s", split));
    }
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Without settings. */
  public static DatasetSpec of(String dataset, String input, String split) {
    return new DatasetSpec(dataset, input, split, Collections.emptySortedMap());
  }

  /** The same with a setting. */
  public DatasetSpec with(String name, String value) {
    TreeMap<String, String> more = new TreeMap<>(settings);
    more.put(name, value);
    return new DatasetSpec(dataset, input, split, more);
  }

  /** The same without a setting. */
  public DatasetSpec without(String name) {
    TreeMap<String, String> fewer = new TreeMap<>(settings);
    fewer.remove(name);
    return new DatasetSpec(dataset, input, split, fewer);
  }

  /** A setting that is a number. */
  public int number(String name, int otherwise) {
    String value = settings.get(name);
    try {
      return value == null ? otherwise : Integer.parseInt(value);
    } catch (NumberFormatException failure) {
      throw new IllegalArgumentException(
          Text.format("%s: expected a whole number, found %s", name, value), failure);
    }
  }
}
