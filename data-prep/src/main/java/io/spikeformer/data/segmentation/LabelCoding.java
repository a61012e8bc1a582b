package io.spikeformer.data.segmentation;

import io.spikeformer.common.Text;
import io.spikeformer.data.image.InvalidImageException;
import java.util.Arrays;

/** How a dataset's label images number the classes. */
public final class LabelCoding {
  /** ADE20K's scene parsing set: 0 is ignored, 1 to 150 are the classes. */
  public static final LabelCoding ADE20K = new LabelCoding(150, 1, 0);

  private static final int LEVELS = 256;
  private static final int UNKNOWN = -1;

  private final int classes;
  private final int[] labels = new int[LEVELS];
  private final String range;
  private final int ignored;

  private LabelCoding(int classes, int first, int ignored) {
    this.classes = classes;
    Arrays.fill(labels, UNKNOWN);
    for (int label = 0; label < classes; label++) {
      labels[first + label] = label;
    }
    labels[ignored] = LabelMap.IGNORED;
    range = Text.format("%d to %d", first, first + classes - 1);
    this.ignored = ignored;
  }

  /** Labels as this project and VOC2012 number them: classes from 0, 255 for ignored pixels. */
  public static LabelCoding ofLabels(int classes) {
    return new LabelCoding(classes, 0, LabelMap.IGNORED);
  }

  /** Number of classes. */
  public int classes() {
    return classes;
  }

  /**
   * Classes from 0 and {@link LabelMap#IGNORED} in place of the dataset's indices.
   *
   * @throws InvalidImageException naming the first pixel with an index that the dataset lacks
   */
  public LabelMap apply(LabelMap indices) throws InvalidImageException {
    return mapped(indices, Text.format("%s, or %d", range, ignored), UNKNOWN);
  }

  /**
   * Classes from 0 in place of the dataset's indices, where every pixel must have one.
   *
   * @throws InvalidImageException naming the first pixel without a class
   */
  public LabelMap classes(LabelMap indices) throws InvalidImageException {
    return mapped(indices, range, LabelMap.IGNORED);
  }

  private LabelMap mapped(LabelMap indices, String expected, int refused)
      throws InvalidImageException {
    byte[] mapped = new byte[indices.labels().length];
    for (int i = 0; i < mapped.length; i++) {
      int index = indices.labels()[i] & 0xff;
      if (labels[index] == UNKNOWN || labels[index] == refused) {
        throw new InvalidImageException(
            Text.format(
                "row %d, column %d: expected an index of %s, found %d",
                i / indices.width(), i % indices.width(), expected, index));
      }
      mapped[i] = (byte) labels[index];
    }
    return new LabelMap(indices.height(), indices.width(), mapped);
  }
}
