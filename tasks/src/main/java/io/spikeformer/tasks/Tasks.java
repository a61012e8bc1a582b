package io.spikeformer.tasks;

import io.spikeformer.common.UserException;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The tasks that there are: those that a {@code META-INF/services} file names. */
public final class Tasks {
  /** The task of files that name none: they are from before there was a choice. */
  public static final String CLASSIFICATION = "classification";

  private Tasks() {}

  /** All tasks, by their names. */
  public static List<Task> all() {
    return ServiceLoader.load(Task.class, Task.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(Task::id))
        .toList();
  }

  /**
   * The task of a name.
   *
   * @throws UserException in one line that names all tasks, if there is none of this name
   */
  public static Task of(String id) {
    return all().stream()
        .filter(task -> task.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    "task: expected one of %s, found '%s'; use the release that knows it",
                    all().stream().map(Task::id).collect(Collectors.joining(", ")), id));
  }
}
