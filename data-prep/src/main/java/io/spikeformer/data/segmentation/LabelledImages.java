package io.spikeformer.data.segmentation;

import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Images and label images of anyone: {@code images/SPLIT/NAME.jpg}, {@code
 * annotations/SPLIT/NAME.png} and {@code classes.txt}, a name a line in the order of the labels.
 * The label images hold the labels from 0, and 255 for ignored pixels.
 */
public final class LabelledImages {
  private static final String CLASSES = "classes.txt";

  private LabelledImages() {}

  /**
   * Pairs images with label images by name.
   *
   * @param files below the dataset's folder
   * @param split name of the folders below images and annotations
   */
  public static SegmentationIndex index(DatasetFiles files, String split) {
    List<String> classes = classes(files.requireText(CLASSES));
    return new LabelledFolders(files, split).index(classes);
  }

  private static List<String> classes(TextFile list) {
    Set<String> classes = new LinkedHashSet<>();
    List<String> lines = list.lines();
    for (int i = 0; i < lines.size(); i++) {
      String name = Characters.strip(lines.get(i));
      if (!name.isEmpty() && !classes.add(name)) {
        throw new UserException(
            "%s, line %d: expected every class once, found '%s' again",
            list.name(), i + 1, Characters.named(name, 100));
      }
    }
    if (classes.isEmpty() || classes.size() > LabelMap.IGNORED) {
      throw new UserException(
          "%s: expected 1 to %d classes, one a line, found %d",
          list.name(), LabelMap.IGNORED, classes.size());
    }
    return List.copyOf(classes);
  }
}
