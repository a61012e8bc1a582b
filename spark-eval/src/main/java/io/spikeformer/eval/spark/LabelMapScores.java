package io.spikeformer.eval.spark;

import io.spikeformer.tasks.segmentation.SegmentationCounts;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Counts of some samples' label maps, with the faults of those that cannot be counted. */
final class LabelMapScores implements Serializable {
  private static final long serialVersionUID = 1;

  private final SegmentationCounts counts;
  private final ArrayList<String> keys = new ArrayList<>();
  private long faults;
  private String firstFile = "";
  private String firstFault = "";

  LabelMapScores(int classes) {
    counts = new SegmentationCounts(classes);
  }

  SegmentationCounts counts() {
    return counts;
  }

  /** Notes a sample, whatever its label map is like. */
  void note(String key) {
    keys.add(key);
  }

  /** Notes a file that cannot be counted; of several, the first by name is kept. */
  void fault(String file, String fault) {
    merge(file, fault, 1);
  }

  private void merge(String file, String fault, long count) {
    if (count > 0 && (faults == 0 || file.compareTo(firstFile) < 0)) {
      firstFile = file;
      firstFault = fault;
    }
    faults += count;
  }

  /** Adds those of other samples. */
  void merge(LabelMapScores other) {
    counts.merge(other.counts);
    keys.addAll(other.keys);
    merge(other.firstFile, other.firstFault, other.faults);
  }

  /** Keys of all samples. */
  List<String> keys() {
    return List.copyOf(keys);
  }

  /** Files that cannot be counted. */
  long faults() {
    return faults;
  }

  /** The first of them. */
  String firstFile() {
    return firstFile;
  }

  /** Its fault. */
  String firstFault() {
    return firstFault;
  }
}
