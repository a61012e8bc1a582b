package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The prefix of the names of a model's tensors: "module." of data parallelism, "_orig_mod." of
 * torch.compile, "model." of a wrapping module, or any other, and several of them.
 *
 * @param text the prefix, with its last dot; empty if there is none
 * @param inside the tensors behind it, under their names without it
 * @param outside names of the tensors that do not begin with it
 */
record NamePrefix(String text, Map<String, StoredTensor> inside, List<String> outside) {

  /**
   * The prefix behind which most of a model's tensors are found.
   *
   * @param tensors by the names in the file
   * @param expected the names of the model's tensors
   * @throws UserException in one line, without the file's name, if there are as many behind two
   */
  static NamePrefix of(Map<String, StoredTensor> tensors, Set<String> expected) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String name : tensors.keySet()) {
      for (int begin = 0; begin >= 0; begin = next(name, begin)) {
        if (expected.contains(name.substring(begin))) {
          counts.merge(name.substring(0, begin), 1, Integer::sum);
        }
      }
    }
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    List<String> best = counts.keySet().stream().filter(key -> counts.get(key) == most).toList();
    if (best.size() > 1) {
      throw new UserException(
          "expected the model's tensors once, found them behind the prefixes %s; save those of"
              + " one alone: torch.save({k: v for k, v in weights.items() if k.startswith('%s')},"
              + " FILE)",
          best.stream().map(prefix -> "'" + prefix + "'").collect(Collectors.joining(" and ")),
          best.get(best.size() - 1));
    }
    return new NamePrefix(best.isEmpty() ? "" : best.get(0), tensors);
  }

  private NamePrefix(String text, Map<String, StoredTensor> tensors) {
    this(text, new LinkedHashMap<>(), new ArrayList<>());
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(text)) {
            inside.put(name.substring(text.length()), tensor);
          } else {
            outside.add(name);
          }
        });
  }

  private static int next(String name, int begin) {
    int dot = name.indexOf('.', begin);
    return dot < 0 ? -1 : dot + 1;
  }
}
