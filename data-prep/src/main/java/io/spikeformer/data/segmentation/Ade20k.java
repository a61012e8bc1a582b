package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

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
    String folder = folder(split);
    String imageFolder = "images/" + folder;
    String labelFolder = "annotations/" + folder;
    TreeMap<String, String> images = byStem(files.requireNames(imageFolder));
    TreeMap<String, String> labels = byStem(files.requireNames(labelFolder));
    SortedMap<String, String> badImages = files.rejected(imageFolder);
    SortedMap<String, String> badLabels = files.rejected(labelFolder);
    TreeMap<String, String> badLabelNames = byStem(badLabels.keySet());
    List<SegmentationEntry> entries = new ArrayList<>();
    List<Rejection> rejected = new ArrayList<>();
    byStem(badImages.keySet())
        .forEach(
            (key, name) -> {
              String bad = badLabelNames.remove(key);
              String label = bad == null ? labels.remove(key) : bad;
              rejected.add(
                  new Rejection(
                      imageFolder + "/" + name,
                      label == null ? null : labelFolder + "/" + label,
                      badImages.get(name)));
            });
    images.forEach(
        (key, name) -> {
          String bad = badLabelNames.remove(key);
          String label = labels.remove(key);
          String image = imageFolder + "/" + name;
          if (label != null) {
            entries.add(new SegmentationEntry(key, image, labelFolder + "/" + label));
          } else if (bad != null) {
            rejected.add(
                new Rejection(
                    image, labelFolder + "/" + bad, "label image: " + badLabels.get(bad)));
          } else {
            rejected.add(
                new Rejection(image, Text.format("no label image %s/%s.png", labelFolder, key)));
          }
        });
    labels.forEach(
        (key, name) ->
            rejected.add(
                new Rejection(
                    labelFolder + "/" + name,
                    Text.format("no image %s/%s.jpg", imageFolder, key))));
    badLabelNames.forEach(
        (key, name) -> rejected.add(new Rejection(labelFolder + "/" + name, badLabels.get(name))));
    List<String> folders = List.of(imageFolder, labelFolder);
    for (String searched : folders) {
      for (String path : files.deeper(searched)) {
        rejected.add(new Rejection(path, "not directly in " + searched));
      }
    }
    return new SegmentationIndex(classes, entries, rejected, folders);
  }

  private static String folder(String split) {
    return switch (split) {
      case "train" -> "training";
      case "val" -> "validation";
      default -> split;
    };
  }

  private static TreeMap<String, String> byStem(Collection<String> names) {
    TreeMap<String, String> byStem = new TreeMap<>();
    for (String name : names) {
      int dot = name.lastIndexOf('.');
      String other = byStem.put(dot < 0 ? name : name.substring(0, dot), name);
      if (other != null) {
        throw new UserException("expected one file of each name, found %s and %s", other, name);
      }
    }
    return byStem;
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
