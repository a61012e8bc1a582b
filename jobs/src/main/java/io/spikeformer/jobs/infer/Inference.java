package io.spikeformer.jobs.infer;

import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.eval.ModelAnswerer;
import io.spikeformer.jobs.cli.EvaluationDisplay;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import io.spikeformer.model.memory.Workload;
import java.util.Optional;

/**
 * Runs a model over inputs, a minibatch at a time.
 *
 * @param config of the model, at the timesteps that are wanted
 * @param window in which the model sees each image; empty if at once
 */
record Inference(NetworkConfig config, Optional<SlidingWindow> window) {
  private static final long ANY_SEED = 0;

  /**
   * Asks a model about all images.
   *
   * @throws io.spikeformer.common.UserException in one line, if there is too little memory
   */
  void run(Checkpoint checkpoint, InferenceInput input, Kernels kernels, Answers answers) {
    int size = Math.min(input.batch(), input.count());
    Workload workload =
        Workload.of(config, size, seen(input.height()), seen(input.width()), kernels);
    Preflight.require(MemoryNeed.ofInference(workload));
    try (SpikeformerModel replica = SpikeformerModel.create(config, kernels, ANY_SEED);
        EvaluationDisplay display = new EvaluationDisplay("inferring T = " + config.timesteps())) {
      replica.state().put(checkpoint.state());
      replica.freeze();
      Optional<InferenceInput.Part> part = input.next();
      while (part.isPresent()) {
        answers.take(part.get(), new ModelAnswerer(replica));
        int rejected = input.rejected().size() + answers.rejected().size();
        display.samplesDone(answers.count() + rejected, input.count());
        part = input.next();
      }
    }
  }

  /** Pixels of a side that the model sees at once. */
  private int seen(int side) {
    return window.map(sliding -> Math.min(sliding.size(), side)).orElse(side);
  }
}
