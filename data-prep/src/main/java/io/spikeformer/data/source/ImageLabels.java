package io.spikeformer.data.source;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.ArchiveForm;
import io.spikeformer.data.storage.Storage;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.CsvTable;
import io.spikeformer.data.text.TextFile;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * The classes of images, wherever they lie, by file name with or without the ending of an image.
 *
 * <p>A CSV file begins with a heading; in each line the first field is the name of an image and the
 * second its class. A class with boxes of four numbers behind it is the first word alone, so that
 * Kaggle's {@code LOC_val_solution.csv} can be used as it is.
 */
final class ImageLabels {
  /** No labels: classes are told by folders. */
  static final ImageLabels NONE = new ImageLabels("", List.of(), Map.of());

  private static final int MAX_BYTES = 256 << 20;

  /** A class, a box, and maybe more of both, as Kaggle writes them. */
  private static final Pattern BOXES =
      Pattern.compile("(\\S++)(?:\\s++-?\\d++){4}(?:\\s++\\S++(?:\\s++-?\\d++){4})*+");

  /** The ending of an image's name; {@code v.0} has none. */
  private static final Pattern IMAGE_ENDING =
      Pattern.compile("(?i)\\.(?:jpe?g|jpe|jfif|png|bmp|gif|tiff?|webp|ppm|pgm)$");

  /** Usual headings of first columns, reduced to their letters: ImageId, file_name, id_code. */
  private static final Pattern NAME_HEADING =
      Pattern.compile(
          "(?i)(?:images?|imgs?|files?|f|pictures?|photos?|samples?|uu|ids?|names?|keys?|paths?)+"
              + "(?:codes?)?");

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
   * @throws UserException if it is damaged or nothing of these
   */
  static ImageLabels read(Storage storage, Path place) {
    boolean folder = storage.status(place).map(FileStatus::isDirectory).orElse(false);
    if (folder || ArchiveForm.COMPRESSED_TAR.matches(place.getName())) {
      DevelopmentKit kit =
          folder ? DevelopmentKit.folder(storage, place) : DevelopmentKit.archive(storage, place);
      return new ImageLabels(place.getName(), kit.classes(), kit.classOfImage());
    }
    if (place.getName().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      return csv(TextFile.read(storage, place, MAX_BYTES), place.getName());
    }
    throw new UserException(
        "unknown labels: expected a .csv file or a development kit (.tar.gz or folder), found %s",
        place);
  }

  private static ImageLabels csv(TextFile file, String origin) {
    List<CsvTable.Row> rows = CsvTable.rows(file);
    Map<String, String> classOfImage = new HashMap<>();
    Map<String, String> classes = new HashMap<>();
    for (CsvTable.Row row : hasHeading(rows, file) ? rows.subList(1, rows.size()) : rows) {
      String name = stem(row.field(0));
      String className = className(row);
      if (name.isEmpty() || !isClass(className)) {
        throw damaged(file, row, "image,class", row.named());
      }
      String earlier = classOfImage.put(name, className);
      if (earlier != null && !earlier.equals(className)) {
        throw damaged(
            file,
            row,
            Text.format("one class for %s, %s", row.field(0), Characters.named(earlier)),
            Characters.named(className));
      }
      String alike = classes.putIfAbsent(Characters.comparable(className), className);
      if (alike != null && !alike.equals(className)) {
        throw damaged(
            file,
            row,
            "one way to write a class that looks the same, " + Characters.spelt(alike),
            Characters.spelt(className));
      }
    }
    if (classOfImage.isEmpty()) {
      throw new UserException(
          "damaged labels: expected lines image,class behind a heading, found none in %s",
          file.name());
    }
    return new ImageLabels(origin, List.copyOf(new TreeSet<>(classOfImage.values())), classOfImage);
  }

  /**
   * Whether the first row is no label. It is a heading if its first field is called like one. It is
   * none if that is the name of an image file or other rows have its class too; else nothing tells.
   */
  private static boolean hasHeading(List<CsvTable.Row> rows, TextFile file) {
    if (rows.isEmpty()) {
      return false;
    }
    CsvTable.Row first = rows.get(0);
    String name = first.field(0);
    if (NAME_HEADING.matcher(name.replaceAll("[^\\p{L}\\d]", "")).matches()) {
      return true;
    }
    if (IMAGE_ENDING.matcher(name).find()
        || rows.stream().skip(1).anyMatch(row -> className(row).equals(className(first)))) {
      return false;
    }
    throw new UserException(
        "labels: expected a heading such as image,class, found '%s', which may be one or a label,"
            + " in %s line %d; write image,class in its place or in a line above it",
        first.named(), file.name(), first.line());
  }

  private static String className(CsvTable.Row row) {
    Matcher boxes = BOXES.matcher(row.field(1));
    return boxes.matches() ? boxes.group(1) : row.field(1);
  }

  /** Classes name folders, and stand in lists of a line each. */
  private static boolean isClass(String name) {
    return !name.isEmpty() && !name.contains("/") && !name.contains("\n");
  }

  private static UserException damaged(
      TextFile file, CsvTable.Row row, String expected, String found) {
    return new UserException(
        "damaged labels: expected %s, found '%s' in %s line %d",
        expected, found, file.name(), row.line());
  }

  /** The name of an image without its folders, if a label has them, and ending. */
  private static String stem(String name) {
    String file = name.substring(1 + Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')));
    return IMAGE_ENDING.matcher(file).replaceFirst("");
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
