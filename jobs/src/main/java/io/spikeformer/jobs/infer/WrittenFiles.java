package io.spikeformer.jobs.infer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The files of a folder, by the image that each is of: no two images share one. */
final class WrittenFiles {
  private final Map<String, String> keys = new TreeMap<>();

  /** The image that has one of the files already; if there is none, all are the new one's now. */
  Optional<String> claim(String key, List<String> files) {
    Optional<String> other = files.stream().filter(keys::containsKey).map(keys::get).findFirst();
    if (other.isEmpty()) {
      files.forEach(file -> keys.put(file, key));
    }
    return other;
  }
}
