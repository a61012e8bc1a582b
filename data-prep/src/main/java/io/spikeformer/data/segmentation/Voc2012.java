package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.common.UserException;
import io.spikeformer.data.files.DatasetFiles;
import io.spikeformer.data.sample.Rejection;
import io.spikeformer.data.text.Characters;
import io.spikeformer.data.text.TextFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * VOCdevkit/VOC2012: the names in {@code ImageSets/Segmentation/SPLIT.txt}, {@code
 * JPEGImages/NAME.jpg} and palette images {@code SegmentationClass/NAME.png}.
 */
public final class Voc2012 {
  /** The classes by label. */
  public static final List<String> CLASSES =
      List.of(
          "background",
          "aeroplane",
          "bicycle",
          "bird",
          "boat",
          "bottle",
          "bus",
          "car",
          "cat",
          "chair",
          "cow",
          "diningtable",
          "dog",
          "horse",
          "motorbike",
          "person",
          "pottedplant",
          "sheep",
          "sofa",
          "train",
          "tvmonitor");

  private static final Pattern NAME = Pattern.compile("([A-Za-z0-9_-]{1,100})(?:\\.jpg)?+");

  /** Where the label images lie. */
  public enum Labels {
    /** The dataset's own, for 2,913 images. */
    ORIGINAL("SegmentationClass"),
    /** The augmented set of Hariharan et al. 2011, for 10,582 training images. */
    AUGMENTED("SegmentationClassAug");

    private final String folder;

    Labels(String folder) {
      this.folder = folder;
    }
  }

  private Voc2012() {}

  /**
   * The samples that a list names.
   *
   * @param files below VOCdevkit/VOC2012
   * @param split name of the list: {@code train}, {@code val}, {@code trainval}, {@code trainaug}
   * @param labels which label images
   */
  public static SegmentationIndex index(DatasetFiles files, String split, Labels labels) {
    String list = Text.format("ImageSets/Segmentation/%s.txt", split);
    TreeSet<String> names = names(files.requireText(list));
    Set<String> images = new HashSet<>(files.requireNames("JPEGImages"));
    Set<String> labelImages = new HashSet<>(files.requireNames(labels.folder));
    Map<String, String> badImages = files.rejected("JPEGImages");
    Map<String, String> badLabels = files.rejected(labels.folder);
    List<SegmentationEntry> entries = new ArrayList<>();
    List<Rejection> rejected = new ArrayList<>();
    for (String name : names) {
      String image = Text.format("JPEGImages/%s.jpg", name);
      String label = Text.format("%s/%s.png", labels.folder, name);
      if (!images.contains(name + ".jpg")) {
        String reason = badImages.get(name + ".jpg");
        rejected.add(
            new Rejection(
                image,
                reason == null ? Text.format("named in %s, but no such image", list) : reason));
      } else if (badLabels.containsKey(name + ".png")) {
        rejected.add(new Rejection(image, label, "label image: " + badLabels.get(name + ".png")));
      } else if (!labelImages.contains(name + ".png")) {
        rejected.add(new Rejection(image, "no label image " + label));
      } else {
        entries.add(new SegmentationEntry(name, image, label));
      }
    }
    return new SegmentationIndex(CLASSES, entries, rejected, List.of("JPEGImages", labels.folder));
  }

  private static TreeSet<String> names(TextFile list) {
    TreeSet<String> names = new TreeSet<>();
    List<String> lines = list.lines();
    for (int i = 0; i < lines.size(); i++) {
      String text = Characters.strip(lines.get(i));
      if (text.isEmpty()) {
        continue;
      }
      Matcher name = NAME.matcher(text);
      if (!name.matches()) {
        throw new UserException(
            "%s, line %d: expected the name of an image, found '%s'",
            list.name(), i + 1, Characters.named(text, 100));
      }
      if (!names.add(name.group(1))) {
        throw new UserException(
            "%s, line %d: expected every name once, found %s again",
            list.name(), i + 1, name.group(1));
      }
    }
    if (names.isEmpty()) {
      throw new UserException("%s: expected names of images, found none", list.name());
    }
    return names;
  }
}
