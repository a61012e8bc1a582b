package io.spikeformer.train.spark;

import io.spikeformer.train.TrainingSums;
import java.io.Serializable;

/**
 * How a worker's part of a round went.
 *
 * @param worker index of the worker
 * @param sums samples, hits and loss
 * @param seconds wall time of waiting for batches and training
 * @param dataSeconds the waiting for batches in it
 * @param failure one line that says why the training cannot go on, or empty
 */
record WorkerReport(
    int worker, TrainingSums sums, double seconds, double dataSeconds, String failure)
    implements Serializable {
  boolean failed() {
    return !failure.isEmpty();
  }
}
