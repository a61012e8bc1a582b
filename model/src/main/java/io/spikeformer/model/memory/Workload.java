package io.spikeformer.model.memory;

import io.spikeformer.common.Text;
import io.spikeformer.model.config.NetworkConfig;
import io.spikeformer.model.config.Precision;
import io.spikeformer.model.kernel.Kernels;

/**
 * The work that a replica computes at once.
 *
 * @param config architecture with T and precision
 * @param batch images B
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 * @param threads of the kernels
 */
public record Workload(NetworkConfig config, int batch, int height, int width, int threads) {
  /** Validates the sizes. */
  public Workload {
    if (batch < 1 || height < 1 || width < 1 || threads < 1) {
      throw new IllegalArgumentException(
          Text.format(
              "workload: expected batch, height, width and threads >= 1, found %s, %s, %s, %s",
              batch, height, width, threads));
    }
  }

  /** As kernels will compute it: in float32 where they have no bfloat16. */
  public static Workload of(
      NetworkConfig config, int batch, int height, int width, Kernels kernels) {
    boolean fallsBack = kernels.bfloat16Obstacle().isPresent();
    return new Workload(
        fallsBack ? config.withPrecision(Precision.FLOAT32) : config,
        batch,
        height,
        width,
        kernels.threads());
  }

  Workload withBatch(int newBatch) {
    return new Workload(config, newBatch, height, width, threads);
  }

  @Override
  public String toString() {
    return config.name()
        + ", T = "
        + config.timesteps()
        + ", batch "
        + batch
        + ", "
        + height
        + "x"
        + width
        + ", "
        + config.precision().label();
  }
}
