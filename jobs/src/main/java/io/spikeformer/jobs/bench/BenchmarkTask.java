package io.spikeformer.jobs.bench;

import io.spikeformer.model.Images;
import io.spikeformer.model.Outputs;
import io.spikeformer.model.TrainingLoss;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.kernel.Kernels;
import io.spikeformer.tasks.segmentation.Segmentation;
import java.util.Random;

/** The work beside a benchmark's network: the loss of its outputs, and the answer in inference. */
interface BenchmarkTask {
  /** The loss of random labels. */
  TrainingLoss loss();

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
    return new Segmentation().misfit(config).isEmpty()
        ? new PixelBenchmark(config, images, kernels, random)
        : new ClassBenchmark(config, images, random);
  }
}
