package io.spikeformer.jobs.bench;

import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.SpikeformerModel;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.box.RegionChooser;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.HeadKind;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** The work beside a benchmark's network: the loss of its outputs, and the answer in inference. */
interface BenchmarkTask {
  /** The loss of random labels. */
  TrainingLoss loss();

  /** Chooses the regions of a training step; empty for networks without regions. */
  default Optional<RegionChooser> regions() {
    return Optional.empty();
  }

  /**
   * The outputs of an inference.
   *
   * @param timed gives what chooses regions to the model
   */
  default Outputs infer(SpikeformerModel model, Images images, UnaryOperator<RegionChooser> timed) {
    return model.infer(images);
  }

  /** Makes the answer of the outputs of an inference. */
  void answer(Outputs outputs);

  /** What that does, in a few words; empty if the outputs are the answer. */
  String answering();

  /**
   * The work of a network.
   *
   * @param images of a batch
   * @param kernels for work on the outputs
   */
  static BenchmarkTask of(NetworkConfig config, Images images, Kernels kernels, Random random) {
    return switch (HeadKind.of(config)) {
      case ONE_CLASS -> new ClassBenchmark(config, images, random);
      case SEMANTIC_FPN -> new PixelBenchmark(config, images, kernels, random);
      case MASK_RCNN, YOLO -> new ObjectBenchmark(config, images, kernels, random);
    };
  }
}
