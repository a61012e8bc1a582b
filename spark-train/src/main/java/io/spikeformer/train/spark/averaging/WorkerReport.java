package io.spikeformer.train.spark.averaging;

import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import io.spikeformer.eval.spark.ExecutorArithmetic;
import io.spikeformer.model.checkpoint.Arithmetic;
import io.spikeformer.train.TrainingSums;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * How a worker's part of a round went.
 *
 * @param worker index of the worker
 * @param sums samples, hits and loss
 * @param seconds wall time of waiting for batches and training, from the state at hand to the
 *     result
 * @param dataSeconds the waiting for batches in it
 * @param executor the arithmetic of its executor; null where it has failed
 * @param failure one line that says why the training cannot go on, or empty
 */
public record WorkerReport(
    int worker,
    TrainingSums sums,
    double seconds,
    double dataSeconds,
    ExecutorArithmetic executor,
    String failure)
    implements Serializable {
  public boolean failed() {
    return !failure.isEmpty();
  }

  void write(Output output) {
    output.writeInt(worker, true);
    SumsForm.write(output, sums);
    output.writeDouble(seconds);
    output.writeDouble(dataSeconds);
    output.writeString(failure);
    output.writeBoolean(executor != null);
    if (executor != null) {
      write(output, executor);
    }
  }

  private static void write(Output output, ExecutorArithmetic executor) {
    Arithmetic arithmetic = executor.arithmetic();
    output.writeString(executor.host());
    output.writeInt(arithmetic.threads(), true);
    output.writeString(arithmetic.kernels());
    output.writeInt(arithmetic.vectorBits(), true);
    output.writeInt(arithmetic.processorFeatures().size(), true);
    arithmetic.processorFeatures().forEach(output::writeString);
  }

  private static ExecutorArithmetic executor(Input input) {
    String host = input.readString();
    int threads = input.readInt(true);
    String kernels = input.readString();
    int vectorBits = input.readInt(true);
    List<String> features = new ArrayList<>();
    for (int left = input.readInt(true); left > 0; left--) {
      features.add(input.readString());
    }
    return new ExecutorArithmetic(host, new Arithmetic(threads, kernels, vectorBits, features));
  }

  static WorkerReport read(Input input) {
    int worker = input.readInt(true);
    TrainingSums sums = SumsForm.read(input);
    double seconds = input.readDouble();
    double dataSeconds = input.readDouble();
    String failure = input.readString();
    ExecutorArithmetic executor = input.readBoolean() ? executor(input) : null;
    return new WorkerReport(worker, sums, seconds, dataSeconds, executor, failure);
  }
}
