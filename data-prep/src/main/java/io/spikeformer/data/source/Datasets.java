package io.spikeformer.data.source;

import io.spikeformer.common.UserException;
import io.spikeformer.data.storage.Storage;

/** The kinds of datasets that can be prepared, by name. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a split of a raw dataset.
   *
   * @param storage where to read
   * @param spec which one
   * @throws UserException if there is no such kind of dataset, or nothing at its place
   */
  public static Dataset open(Storage storage, DatasetSpec spec) {
    return switch (spec.dataset()) {
      case ImageNet.NAME -> new ImageNet(storage, spec);
      case CocoImages.NAME, CocoImages.OWN -> new CocoImages(storage, spec);
      case LabelledPixels.ADE20K, LabelledPixels.VOC2012, LabelledPixels.OWN ->
          new LabelledPixels(storage, spec);
      case EventRecordings.NAME -> new EventRecordings(storage, spec);
      default ->
          throw new UserException(
              "unknown dataset: expected imagenet, coco, detection, ade20k, voc2012, segmentation"
                  + " or hardvs, found %s",
              spec.dataset());
    };
  }
}
