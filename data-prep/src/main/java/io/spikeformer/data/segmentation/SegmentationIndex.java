package io.spikeformer.data.segmentation;

import io.spikeformer.data.sample.Rejection;
import java.util.List;

/**
 * The content of one split of a raw dataset.
 *
 * @param classes names by label
 * @param entries sorted by key
 * @param rejected files without a partner, with the reason
 * @param folders that hold images and label images
 */
public record SegmentationIndex(
    List<String> classes,
    List<SegmentationEntry> entries,
    List<Rejection> rejected,
    List<String> folders) {
  /** Copies the lists. */
  public SegmentationIndex {
    classes = List.copyOf(classes);
    entries = List.copyOf(entries);
    rejected = List.copyOf(rejected);
    folders = List.copyOf(folders);
  }
}
