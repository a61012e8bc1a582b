package io.spikeformer.tasks.detection;

/**
 * What was detected of an image's objects, at IoU 0.50 and a least score.
 *
 * @param objects that count; crowds do not
 * @param found objects that a detection has matched
 * @param wrong detections that have matched nothing
 */
record ImageTally(int objects, int found, int wrong) {
  /** Objects that were not found and detections that were wrong. */
  int faults() {
    return objects - found + wrong;
  }
}
