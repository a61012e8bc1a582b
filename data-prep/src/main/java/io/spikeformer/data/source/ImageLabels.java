package io.spikeformer.data.source;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The classes of images that lie in no class folder, by file name without its ending.
 *
 * <p>A CSV file begins with a heading; in each line the name of an image stands before the first
 * comma, and the first word after it is its class. So Kaggle's {@code LOC_val_solution.csv} can be
 * used as it is.
 */
final class ImageLabels {
  /** No labels: classes are told by folders. */
  static final ImageLabels NONE = new ImageLabels("", List.of(), Map.of());

  private static final int MAX_BYTES = 256 << 20;

  private final String origin;
  private final List<String> classes;
  private final Map<String, String> classOfImage;

  private ImageLabels(String origin, List<String> classes, Map<String, String> classOfImage) {
    this.origin = origin;
    this.classes = classes;
    this.classOfImage = classOfImage;
  }

  /**
   * Reads labels.
   *
   * @param storage where to read
   * @param place a .csv file, or ImageNet's development kit as a .tar.gz file or a folder
   * @throws DataException if it is damaged or nothing of these
   */
  static ImageLabels read(Storage storage, Path place) {
    boolean folder = storage.status(place).map(FileStatus::isDirectory).orElse(false);
    if (folder || ArchiveSource.matches(place.getName())) {
      DevelopmentKit kit =
          folder ? DevelopmentKit.folder(storage, place) : DevelopmentKit.archive(storage, place);
      return new ImageLabels(place.getName(), kit.classes(), kit.classOfImage());
    }
    if (place.getName().endsWith(".csv")) {
      return csv(storage.readText(place, MAX_BYTES), place);
    }
    throw new DataException(
        "unknown labels: expected a .csv file or a development kit (.tar.gz or folder), found %s"
            .formatted(place));
  }

  private static ImageLabels csv(String text, Path place) {
    Map<String, String> classOfImage = new HashMap<>();
    List<String> lines = text.lines().toList();
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).isBlank()) {
        continue;
      }
      int comma = lines.get(line).indexOf(',');
      String name = comma < 0 ? "" : lines.get(line).substring(0, comma).strip();
      String className = lines.get(line).substring(comma + 1).strip().split("[\\s,]", 2)[0];
      if (name.isEmpty() || className.isEmpty() || className.contains("/")) {
        throw damaged(place, line, "image,class", lines.get(line));
      }
      String earlier = classOfImage.put(stem(name), className);
      if (earlier != null && !earlier.equals(className)) {
        throw damaged(place, line, "one class for " + name + ", " + earlier, className);
      }
    }
    return new ImageLabels(
        place.getName(), List.copyOf(new TreeSet<>(classOfImage.values())), classOfImage);
  }

  private static DataException damaged(Path place, int line, String expected, String found) {
    return new DataException(
        "damaged labels: expected %s, found '%s' in %s line %d"
            .formatted(expected, found, place, line + 1));
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** Whether there are any. */
  boolean given() {
    return !classOfImage.isEmpty();
  }

  /** Where they come from, for messages. */
  String origin() {
    return origin;
  }

  /** All classes, sorted. */
  List<String> classes() {
    return classes;
  }

  /** The class of an image, by the name of its file. */
  Optional<String> classOf(String file) {
    return Optional.ofNullable(classOfImage.get(stem(file)));
  }
}
