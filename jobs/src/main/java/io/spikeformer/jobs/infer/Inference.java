package io.spikeformer.jobs.infer;

import io.spikeformer.jobs.cli.EvaluationDisplay;
import io.spikeformer.jobs.infer.Predictions.Prediction;
import io.spikeformer.model.ClassLogits;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.checkpoint.Checkpoint;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.model.memory.MemoryNeed;
import io.spikeformer.model.memory.Preflight;
import io.spikeformer.model.memory.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Runs a model over inputs, a minibatch at a time.
 *
 * @param most best classes that are kept of each image
 * @param logits whether the logits of all classes are kept too
 */
record Inference(int most, Logits logits) {
  private static final long ANY_SEED = 0;

  /** The treatment of the logits after they are ranked. */
  enum Logits {
    KEPT,
    DROPPED
  }

  /**
   * A model's answers for all images.
   *
   * @param config of the model, at the timesteps that are wanted
   * @throws io.spikeformer.model.config.UserException in one line, if there is too little memory
   */
  Predictions run(
      NetworkConfig config, Checkpoint checkpoint, InferenceInput input, Kernels kernels) {
    int size = Math.min(input.batch(), input.count());
    Workload workload = Workload.of(config, size, input.height(), input.width(), kernels);
    Preflight.require(MemoryNeed.ofInference(workload));
    List<Prediction> images = new ArrayList<>();
    try (SpikeformerModel replica = SpikeformerModel.create(config, kernels, ANY_SEED);
        EvaluationDisplay display = new EvaluationDisplay("inferring T = " + config.timesteps())) {
      replica.state().put(checkpoint.state());
      replica.freeze();
      Optional<InferenceInput.Part> part = input.next();
      while (part.isPresent()) {
        float[] answers = ClassLogits.mean(replica.infer(part.get().images()));
        add(images, part.get(), answers, config.classes());
        display.samplesDone(images.size() + input.rejected().size(), input.count());
        part = input.next();
      }
    }
    return new Predictions(checkpoint.classes(), config.classes(), images, input.rejected());
  }

  private void add(
      List<Prediction> images, InferenceInput.Part part, float[] answers, int classes) {
    for (int i = 0; i < part.keys().size(); i++) {
      float[] row = Arrays.copyOfRange(answers, i * classes, (i + 1) * classes);
      Prediction image = Prediction.of(part.keys().get(i), row, most);
      images.add(logits == Logits.KEPT ? image : image.withoutLogits());
    }
  }
}
