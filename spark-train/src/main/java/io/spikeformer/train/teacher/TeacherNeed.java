package io.spikeformer.train.teacher;

import io.spikeformer.data.batch.InputConfig;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Workload;
import java.io.Serializable;
import java.util.List;

/**
 * The memory that a teacher needs of an executor outside the heap.
 *
 * @param network architecture as JSON; empty for a model that is not of this project
 * @param bytes of such a model, as far as they are known
 */
public record TeacherNeed(String network, long bytes) implements Serializable {

  /** The need of one teacher that answers for a batch. */
  public MemoryNeed of(int batchSize, InputConfig input, Kernels kernels) {
    if (network.isEmpty()) {
      return new MemoryNeed(
          "an ONNX teacher",
          List.of(new MemoryNeed.Part("parameters", bytes)),
          List.of("a smaller teacher"));
    }
    return MemoryNeed.ofInference(
        Workload.of(
            NetworkConfig.fromJson(network),
            input.batch(batchSize),
            input.largest(batchSize).height(),
            input.largest(batchSize).width(),
            kernels));
  }
}
