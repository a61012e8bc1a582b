package io.spikeformer.data.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/** Counters that tasks report while they run; for showing only. */
final class PrepareCounters implements Serializable {
  private static final long serialVersionUID = 1;

  private final LongAccumulator accepted;
  private final LongAccumulator rejected;
  private final LongAccumulator bytes;

  PrepareCounters(SparkContext spark) {
    this.accepted = spark.longAccumulator("accepted");
    this.rejected = spark.longAccumulator("rejected");
    this.bytes = spark.longAccumulator("bytes read");
  }

  void countAccepted() {
    accepted.add(1);
  }

  void countRejected() {
    rejected.add(1);
  }

  void countRead(long read) {
    bytes.add(read);
  }

  void tell(PrepareListener listener) {
    listener.progressed(accepted.sum(), rejected.sum(), bytes.sum());
  }
}
