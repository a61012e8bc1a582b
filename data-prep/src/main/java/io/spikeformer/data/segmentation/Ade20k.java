package io.spikeformer.data.segmentation;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.util.ArrayList;
import java.util.List;

/**
 * ADEChallengeData2016: {@code images/SPLIT/NAME.jpg}, {@code annotations/SPLIT/NAME.png} with
 * SPLIT {@code training} or {@code validation}, and {@code objectInfo150.txt} with the classes.
 */
public final class Ade20k {
  private static final String CLASSES = "objectInfo150.txt";

  private Ade20k() {}

  /**
   * Pairs images with label images by name.
   *
   * @param files below ADEChallengeData2016
   * @param split {@code train} or {@code val}, or the name of the dataset's own folder
   */
  public static SegmentationIndex index(DatasetFiles files, String split) {
    List<String> classes = classes(files.requireText(CLASSES));
    return new LabelledFolders(files, folder(split)).index(classes);
  }

  private static String folder(String split) {
    return switch (split) {
      case "train" -> "training";
      case "val" -> "validation";
      default -> split;
    };
  }

  /** Lines of index, ratio, number of images (two columns) and name, by tabs; one header line. */
  private static List<String> classes(TextFile list) {
    List<String> lines = list.lines();
    List<String> classes = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (Characters.strip(lines.get(i)).isEmpty()) {
        continue;
      }
      int expected = classes.size() + 1;
      String[] fields = lines.get(i).split("\t");
      String name = Characters.strip(fields[fields.length - 1]);
      if (fields.length < 2
          || !Characters.strip(fields[0]).equals(String.valueOf(expected))
          || name.isEmpty()) {
        throw new UserException(
            "%s, line %d: expected class %d and its name, separated by tabs, found '%s'",
            list.name(), i + 1, expected, Characters.named(lines.get(i), 100));
      }
      classes.add(name);
    }
    if (classes.size() != LabelCoding.ADE20K.classes()) {
      throw new UserException(
          "%s: expected %d classes, found %d",
          list.name(), LabelCoding.ADE20K.classes(), classes.size());
    }
    return classes;
  }
}
