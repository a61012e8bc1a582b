package io.spikeformer.jobs.infer;

import io.spikeformer.data.geometry.SlidingWindow;
import io.spikeformer.eval.Expansion;
import io.spikeformer.eval.ModelAnswerer;
import io.spikeformer.jobs.cli.EvaluationDisplay;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.chip.ChipArithmetic;
import io.spikeformer.model.chip.ExpandedModel;
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
 * @param expand how a network of integers runs as on a chip; null for the usual run
 */
record Inference(NetworkConfig config, Optional<SlidingWindow> window, ChipArithmetic expand) {
  private static final long ANY_SEED = 0;

  /**
   * Asks a model about all images.
   *
   * @return how the run of a chip compares; empty of the usual run
   * @throws io.spikeformer.common.UserException in one line, if there is too little memory
   */
  Optional<Expansion> run(
      Checkpoint checkpoint, InferenceInput input, Kernels kernels, Answers answers) {
    int size = Math.min(input.batch(), input.count());
    Workload workload =
        Workload.of(config, size, seen(input.height()), seen(input.width()), kernels);
    Preflight.require(MemoryNeed.ofInference(workload));
    if (expand != null) {
      try (ExpandedModel replica = new ExpandedModel(config, checkpoint.state(), kernels, expand)) {
        ask(new ModelAnswerer(replica), input, answers);
        return Expansion.of(replica.counts());
      }
    }
    try (SpikeformerModel replica = SpikeformerModel.create(config, kernels, ANY_SEED)) {
      replica.state().put(checkpoint.state());
      replica.freeze();
      ask(new ModelAnswerer(replica), input, answers);
      return Optional.empty();
    }
  }

  private void ask(ModelAnswerer model, InferenceInput input, Answers answers) {
    try (EvaluationDisplay display = new EvaluationDisplay("inferring T = " + config.timesteps())) {
      Optional<InferenceInput.Part> part = input.next();
      while (part.isPresent()) {
        answers.take(part.get(), model);
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
