package io.spikeformer.model.torch;

import io.spikeformer.common.UserException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The dicts of tensors that a checkpoint holds, at its top or under names, and the choice among
 * them. A training may have saved the weights, their moving average and the optimizer's moments.
 */
final class StateDicts {
  /** Names that training scripts give the weights, in the order in which they are taken. */
  static final List<String> USUAL =
      List.of(
          "model",
          "state_dict",
          "model_state_dict",
          "model_state",
          "module",
          "net",
          "network",
          "weights",
          "params");

  /** How the dict at the top is called in messages. */
  static final String TOP = "the top of the file";

  private static final int MAX_DEPTH = 4;
  private static final int MOST_NAMES = 5;

  private final List<StateDict> all = new ArrayList<>();

  /**
   * One dict.
   *
   * @param path the names that lead to it, joined by dots
   * @param content its entries
   * @param tensors how many of them are tensors
   */
  private record StateDict(String path, PickledMap content, long tensors) {
    int rank() {
      String first = path.split("\\.", 2)[0];
      int index = USUAL.indexOf(first);
      return index < 0 ? USUAL.size() : index;
    }

    boolean isUsual() {
      return rank() < USUAL.size();
    }

    String label() {
      return path.isEmpty() ? TOP : path;
    }
  }

  /**
   * The one that is taken.
   *
   * @param path the names that lead to it, joined by dots; empty for the top
   * @param others the paths of others that could be taken instead
   * @param tensors by name, in the file's order
   */
  record Choice(String path, List<String> others, Map<String, StoredTensor> tensors) {}

  StateDicts(PickledMap root) {
    find("", root, 0, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private void find(String path, PickledMap map, int depth, Set<PickledMap> visited) {
    if (depth > MAX_DEPTH || !visited.add(map)) {
      return;
    }
    long tensors =
        map.entries().entrySet().stream()
            .filter(entry -> entry.getKey() instanceof String && isTensor(entry.getValue()))
            .count();
    if (tensors > 0) {
      all.add(new StateDict(path, map, tensors));
    }
    map.entries()
        .forEach(
            (key, value) -> {
              if (key instanceof String name && value instanceof PickledMap inner) {
                find(path.isEmpty() ? name : path + "." + name, inner, depth + 1, visited);
              }
            });
  }

  private static boolean isTensor(Object value) {
    return value instanceof StoredTensor || value instanceof UnreadableTensor;
  }

  /**
   * The usual one: weights before their moving average, and neither the moments of an optimizer nor
   * another handful of tensors.
   *
   * @throws UserException in one line, without the file's name, if there is none
   */
  Choice usual() {
    long most = most(dict -> true);
    long mostOfUsual = most(StateDict::isUsual);
    List<StateDict> whole =
        all.stream()
            .filter(dict -> 2 * dict.tensors() >= (dict.isUsual() ? mostOfUsual : most))
            .sorted(
                Comparator.comparingInt(StateDict::rank)
                    .thenComparing(Comparator.comparingLong(StateDict::tensors).reversed()))
            .toList();
    return choice(whole.get(0), whole);
  }

  private long most(Predicate<StateDict> which) {
    return all.stream().filter(which).mapToLong(StateDict::tensors).max().orElse(0);
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /**
   * The one at a path, or the only one under a name.
   *
   * @throws UserException in one line, without the file's name, if there is none
   */
  Choice named(String path) {
    List<StateDict> exact = all.stream().filter(dict -> dict.path().equals(path)).toList();
    List<StateDict> under =
        all.stream().filter(dict -> dict.path().startsWith(path + ".")).toList();
    List<StateDict> found = exact.isEmpty() ? under : exact;
    if (found.size() != 1) {
      throw new UserException(
          "expected --weights to name one dict of tensors, found %s; there are %s",
          printable(path), labels(found.isEmpty() ? all : found));
    }
    return choice(found.get(0), found);
  }

  private static String labels(List<StateDict> dicts) {
    String shown =
        dicts.stream().limit(MOST_NAMES).map(StateDict::label).collect(Collectors.joining(", "));
    int more = dicts.size() - MOST_NAMES;
    return printable(shown) + (more > 0 ? " and " + more + " more" : "");
  }

  private static Choice choice(StateDict taken, List<StateDict> candidates) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    List<String> unreadable = new ArrayList<>();
    taken
        .content()
        .entries()
        .forEach(
            (key, value) -> {
              if (key instanceof String name && value instanceof StoredTensor tensor) {
                tensors.put(name, tensor);
              } else if (key instanceof String name && value instanceof UnreadableTensor tensor) {
                unreadable.add(
                    name + ", " + tensor.kind() + " (save " + tensor.remedy() + " instead)");
              }
            });
    if (!unreadable.isEmpty()) {
      int shown = Math.min(MOST_NAMES, unreadable.size());
      throw new UserException(
          "expected dense tensors of float64, float32, float16 or bfloat16, found %s%s",
          printable(String.join("; ", unreadable.subList(0, shown))),
          unreadable.size() > shown ? " and " + (unreadable.size() - shown) + " more" : "");
    }
    List<String> others =
        candidates.stream()
            .filter(dict -> !dict.equals(taken))
            .map(dict -> printable(dict.path()))
            .toList();
    return new Choice(taken.path(), others, Collections.unmodifiableMap(tensors));
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
