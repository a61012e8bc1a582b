package io.spikeformer.tasks.classification;

import io.spikeformer.common.UserException;
import io.spikeformer.tasks.ModelClasses;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which of a model's logits answer for the classes of data. The others are left out before anything
 * is computed of them, so that a class that the data do not have is never chosen. The published
 * evaluations of ImageNet-A and ImageNet-R do the same.
 *
 * @param matching how the classes were found
 * @param names of the data's classes, in the order of their labels
 * @param outputs of each of them the model's label
 */
public record ClassMap(ClassMatching matching, List<String> names, int[] outputs)
    implements Serializable {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /**
   * Finds the classes of data among those of a model.
   *
   * @param model the model's classes
   * @param logits number of them
   * @param wanted {@link ClassMatching#ORDER}, or the way to map them
   * @param data what the data are called in messages
   * @param names of the data's classes, in the order of their labels
   * @throws UserException in one line if a class is not found
   */
  public static ClassMap of(
      ModelClasses model, int logits, ClassMatching wanted, String data, List<String> names) {
    return switch (wanted) {
      case NAME -> new ClassMap(wanted, names, byName(model, data, names));
      case NUMBER -> new ClassMap(wanted, names, byNumber(model, logits, data, names));
      case ORDER, UNCHECKED -> inOrder(model, logits, data, names);
    };
  }

  private static ClassMap inOrder(ModelClasses model, int logits, String data, List<String> names) {
    model
        .difference(data, names)
        .ifPresent(
            difference -> {
              throw new UserException("%s; %s", difference, remedy(model, logits, names));
            });
    if (names.size() != logits) {
      throw new UserException(
          "%s and %s: expected %s classes as the model has, found %s; %s",
          model.model(), data, logits, names.size(), remedy(model, logits, names));
    }
    int[] outputs = new int[logits];
    for (int label = 0; label < logits; label++) {
      outputs[label] = label;
    }
    return new ClassMap(
        model.known() ? ClassMatching.ORDER : ClassMatching.UNCHECKED, names, outputs);
  }

  /** The remedy: a way to map if it finds every class. */
  private static String remedy(ModelClasses model, int logits, List<String> names) {
    Set<String> known = new HashSet<>(model.names());
    if (known.containsAll(names)) {
      return "--map-classes name finds them by name";
    }
    if (names.stream().allMatch(name -> isLabel(name, logits))) {
      return "--map-classes number takes the names for labels of the model";
    }
    return names.stream()
        .filter(name -> model.known() && !known.contains(name))
        .findFirst()
        .map(
            name ->
                "the model has no class " + name + ": give data with its names, or another model")
        .orElse("give the data or the model of the other");
  }

  private static boolean isLabel(String name, int logits) {
    return NUMBER.matcher(name).matches() && Integer.parseInt(name) < logits;
  }

  private static int[] byName(ModelClasses model, String data, List<String> names) {
    if (!model.known()) {
      throw new UserException(
          "%s: expected the names of its classes for --map-classes name, found none; export the"
              + " model and import it with import-torch --classes-of",
          model.model());
    }
    Map<String, Integer> labels = new HashMap<>();
    for (int label = 0; label < model.names().size(); label++) {
      labels.put(model.names().get(label), label);
    }
    int[] outputs = new int[names.size()];
    for (int label = 0; label < outputs.length; label++) {
      Integer found = labels.get(names.get(label));
      if (found == null) {
        throw new UserException(
            "%s and %s: expected the data's classes among the %s of the model, found %s at label"
                + " %s, which is none of them; prepare the data without it, or with the model's"
                + " name for it",
            model.model(), data, labels.size(), names.get(label), label);
      }
      outputs[label] = found;
    }
    return outputs;
  }

  private static int[] byNumber(ModelClasses model, int logits, String data, List<String> names) {
    Set<Integer> seen = new HashSet<>();
    int[] outputs = new int[names.size()];
    for (int label = 0; label < outputs.length; label++) {
      String name = names.get(label);
      if (!isLabel(name, logits) || !seen.add(Integer.parseInt(name))) {
        throw new UserException(
            "%s and %s: expected names of the data's classes that are different labels of the"
                + " model, 0 to %s, for --map-classes number, found %s at label %s; name the"
                + " folders so, or use --map-classes name",
            model.model(), data, logits - 1, name, label);
      }
      outputs[label] = Integer.parseInt(name);
    }
    return outputs;
  }

  /**
   * The logits of the data's classes.
   *
   * @param logits [rows, model's classes]
   * @param classes number of the model's classes
   * @return [rows, data's classes]; the given array if none is left out or moved
   */
  public float[] restrict(float[] logits, int classes) {
    if (!matching.maps()) {
      return logits;
    }
    int rows = logits.length / classes;
    float[] chosen = new float[rows * outputs.length];
    for (int row = 0; row < rows; row++) {
      for (int label = 0; label < outputs.length; label++) {
        chosen[row * outputs.length + label] = logits[row * classes + outputs[label]];
      }
    }
    return chosen;
  }
}
