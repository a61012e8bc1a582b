package io.spikeformer.data.source;

import io.spikeformer.data.DataException;
import io.spikeformer.data.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The classes of images that lie in no class folder, by file name without its ending.
 *
 * <p>A CSV file begins with a heading; in each line the first field is the name of an image and the
 * second its class, either of them in quotes or not. A class with boxes of four numbers behind it
 * is the first word alone, so that Kaggle's {@code LOC_val_solution.csv} can be used as it is.
 */
final class ImageLabels {
  /** No labels: classes are told by folders. */
  static final ImageLabels NONE = new ImageLabels("", List.of(), Map.of());

  private static final int MAX_BYTES = 256 << 20;

  /** A class, a box, and maybe more of both, as Kaggle writes them. */
  private static final Pattern BOXES =
      Pattern.compile("(\\S++)(?:\\s++-?\\d++){4}(?:\\s++\\S++(?:\\s++-?\\d++){4})*+");

  /** In quotes, where two stand for one, or up to the next comma. */
  private static final String FIELD = "\\s*+(?:\"((?:[^\"]++|\"\")*+)\"\\s*+|((?!\")[^,]*+))";

  private static final Pattern LINE = Pattern.compile(FIELD + "," + FIELD + "(?:,.*+)?+");

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

  private static ImageLabels csv(String content, Path place) {
    Map<String, String> classOfImage = new HashMap<>();
    List<String> lines = content.lines().toList();
    for (int line = 1; line < lines.size(); line++) {
      if (lines.get(line).isBlank()) {
        continue;
      }
      Matcher fields = LINE.matcher(lines.get(line));
      boolean whole = fields.matches();
      String name = whole ? field(fields, 1) : "";
      String text = whole ? field(fields, 3) : "";
      Matcher boxes = BOXES.matcher(text);
      String className = boxes.matches() ? boxes.group(1) : text;
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

  /** The text of a field, whose quoted form is one group and whose plain form is the next. */
  private static String field(Matcher fields, int quoted) {
    String text = fields.group(quoted);
    return (text == null ? fields.group(quoted + 1) : text.replace("\"\"", "\"")).strip();
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
