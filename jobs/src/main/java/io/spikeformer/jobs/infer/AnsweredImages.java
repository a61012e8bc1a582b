package io.spikeformer.jobs.infer;

import io.spikeformer.data.sample.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The images of a run that have an answer, and those that cannot have one.
 *
 * @param <T> an image with what was found in it
 */
final class AnsweredImages<T> {
  private final List<T> found = new ArrayList<>();
  private final List<Rejection> rejected = new ArrayList<>();

  void add(T image) {
    found.add(image);
  }

  void reject(String key, String reason) {
    rejected.add(new Rejection(key, reason));
  }

  int count() {
    return found.size();
  }

  /** All with an answer, in their order. */
  List<T> found() {
    return found;
  }

  List<Rejection> rejected() {
    return List.copyOf(rejected);
  }

  /** A line for each image with an answer. */
  List<String> lines(Function<T, String> line) {
    return found.stream().map(line).toList();
  }

  /**
   * The images with an answer for programs.
   *
   * @param location of the output, as the user gave it; empty without one
   * @param classes names by label
   * @param image one of them
   */
  Map<String, Object> json(
      Optional<String> location, List<String> classes, Function<T, Map<String, Object>> image) {
    Map<String, Object> object = new LinkedHashMap<>();
    location.ifPresent(given -> object.put("output", given));
    object.put("classes", classes);
    object.put("images", found.stream().map(image).toList());
    return object;
  }
}
