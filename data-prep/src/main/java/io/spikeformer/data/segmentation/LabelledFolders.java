package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.sample.Rejection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code images/FOLDER/NAME.jpg} and {@code annotations/FOLDER/NAME.png}, paired by name. */
final class LabelledFolders {
  private final DatasetFiles files;
  private final String imageFolder;
  private final String labelFolder;

  /**
   * The folders of a split.
   *
   * @param files below the dataset's folder
   * @param folder name of the split's folders
   */
  LabelledFolders(DatasetFiles files, String folder) {
    this.files = files;
    this.imageFolder = "images/" + folder;
    this.labelFolder = "annotations/" + folder;
  }

  /** The images that have a label image, and what has no partner. */
  SegmentationIndex index(List<String> classes) {
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
}
