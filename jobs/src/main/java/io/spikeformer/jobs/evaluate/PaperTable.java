package io.spikeformer.jobs.evaluate;

import io.spikeformer.data.geometry.Size;
import java.util.List;
import java.util.Optional;

/**
 * A table of the paper.
 *
 * @param number in the paper
 * @param data that its networks are trained on
 * @param size of an image for energies
 * @param accuracy the published figure, in %
 * @param accuracyKey its key in JSON
 * @param heads whether its networks have necks and heads of several layers
 */
record PaperTable(
    int number, String data, Size size, String accuracy, String accuracyKey, boolean heads) {
  private static final Size IMAGENET = new Size(224, 224);
  private static final Size PIXELS = new Size(512, 512);

  /** All, in the order of the paper. */
  static final List<PaperTable> ALL =
      List.of(
          new PaperTable(1, "ImageNet", IMAGENET, "top-1", "publishedTop1", false),
          new PaperTable(3, "COCO", new Size(512, 853), "AP50", "publishedAp50", true),
          new PaperTable(4, "ADE20K", PIXELS, "mIoU", "publishedMeanIou", true),
          new PaperTable(5, "ImageNet", IMAGENET, "top-1", "publishedTop1", false),
          new PaperTable(9, "COCO", new Size(640, 640), "AP50", "publishedAp50", true),
          new PaperTable(10, "VOC2012", PIXELS, "mIoU", "publishedMeanIou", true));

  static Optional<PaperTable> of(int number) {
    return ALL.stream().filter(table -> table.number() == number).findFirst();
  }
}
