package io.spikeformer.train.spark;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.train.TrainingSums;
import java.io.Serializable;

/**
 * How a worker's part of a round went.
 *
 * @param worker index of the worker
 * @param sums samples, hits and loss
 * @param seconds wall time of waiting for batches and training, from the state at hand to the
 *     result
 * @param dataSeconds the waiting for batches in it
 * @param failure one line that says why the training cannot go on, or empty
 */
record WorkerReport(
    int worker, TrainingSums sums, double seconds, double dataSeconds, String failure)
    implements Serializable {
  boolean failed() {
    return !failure.isEmpty();
  }

  void write(Output output) {
    output.writeInt(worker, true);
    SumsForm.write(output, sums);
    output.writeDouble(seconds);
    output.writeDouble(dataSeconds);
    output.writeString(failure);
  }

  static WorkerReport read(Input input) {
    return new WorkerReport(
        input.readInt(true),
        SumsForm.read(input),
        input.readDouble(),
        input.readDouble(),
        input.readString());
  }
}
